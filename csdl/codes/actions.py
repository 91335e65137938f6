"""Loading the ministry's code lists."""

import csv
from importlib.resources import files

from django.db import transaction

from csdl.codes.models import CodeValue, Commune, District, Grade

__all__ = ["load_code_lists"]


@transaction.atomic
def load_code_lists() -> dict[str, int]:
    """Bring the code lists of `data/*.csv` into the database; running again changes only what the files changed.

    Shapes: list name -> number of values. Values that left a file stay, because old records still point at them.
    """
    counts: dict[str, int] = {}
    for source in sorted(files("csdl.codes").joinpath("data").iterdir(), key=lambda file: file.name):
        if not source.name.endswith(".csv"):
            continue
        name = source.name.removesuffix(".csv")
        with source.open(encoding="utf-8") as text:
            rows = list(csv.DictReader(text))
        counts[name] = len(rows)
        if name == "grade":
            _upsert(
                Grade,
                [
                    Grade(
                        **{
                            key: row[key] for key in ("code", "name_vi", "level_code", "next_code", "completed_outcome")
                        },
                        number=int(row["number"]) if row["number"] else None,
                        is_entry=row["is_entry"] == "1",
                    )
                    for row in rows
                ],
            )
        elif name in ("district", "commune"):
            model: type[Commune] | type[District] = District if name == "district" else Commune
            _upsert(model, [model(**row) for row in rows])
        else:
            _load_list(name, rows)
    return counts


def _load_list(name: str, rows: list[dict[str, str]]) -> None:
    code_field = "cccd_code" if "cccd_code" in rows[0] else "code"
    values = [
        CodeValue(
            list_name=name,
            code=row[code_field],
            name_vi=row["name_vi"],
            sort_no=place,
            extra={key: value for key, value in row.items() if key not in (code_field, "name_vi")},
        )
        for place, row in enumerate(rows, start=1)
    ]
    CodeValue.objects.bulk_create(
        values,
        update_conflicts=True,
        unique_fields=["list_name", "code"],
        update_fields=["name_vi", "sort_no", "extra"],
    )


def _upsert(model: type[Grade] | type[District] | type[Commune], objects: list) -> None:
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        objects, update_conflicts=True, unique_fields=[model._meta.pk.name], update_fields=fields
    )
