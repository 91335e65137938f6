"""`csdl import`: a file of people, classes or a whole school planned, written, taken back; blank templates."""

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from csdl.cli.base import as_json, emit, operator, with_database, write_file

if TYPE_CHECKING:
    from csdl.intake.models import ImportRun

KINDS = ("school", "sites", "classes", "staff", "pupils", "homeroom", "teaching")
SHOWN = 20
_STATES = {
    "created": "thêm mới",
    "updated": "cập nhật",
    "unchanged": "không đổi",
    "conflict": "cần chọn",
    "rejected": "từ chối",
}


class FileFirst(click.Group):
    """`csdl import TỆP …` brings a file in; `undo` and `template` are words of their own."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["file", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=FileFirst, help="Nhập dữ liệu từ tệp Excel: csdl import TỆP.xlsx --unit MÃ.")
def commands() -> None: ...


@commands.command("file", help="Nhập một tệp Excel của đơn vị.")
@click.argument("file", metavar="TỆP.xlsx", type=click.Path(path_type=Path))
@click.option("--unit", "unit_code", required=True, help="Mã đơn vị của tệp.")
@click.option("--kind", type=click.Choice(KINDS), default="school", show_default=True, help="Tệp chứa gì.")
@click.option("--year", type=int, help="Năm bắt đầu của năm học; mặc định năm học hiện tại.")
@click.option("--dry-run", is_flag=True, help="Chỉ xem trước, không ghi.")
@click.option("--strict", is_flag=True, help="Không ghi gì nếu có dòng bị từ chối (mã thoát 2).")
@as_json
@with_database
def import_file(
    file: Path, unit_code: str, kind: str, year: int | None, dry_run: bool, strict: bool, json_wanted: bool
) -> None:
    from csdl.intake.actions import apply_run, plan_run, upload_file  # needs settings
    from csdl.intake.enums import RunState  # needs settings

    actor = operator()
    run = upload_file(
        actor=actor,
        unit=_unit(unit_code),
        kind=kind,
        start_year=year or _current_year(),
        file_name=file.name,
        content=_content(file),
    )
    run = plan_run(actor=actor, run=run)
    if run.state != RunState.PLANNED:
        click.echo(run.message, err=True)
        sys.exit(2)
    rejected = sum(states.get("rejected", 0) for states in run.counts.values())
    if not dry_run and not (strict and rejected):
        run = apply_run(actor=actor, run=run)
    emit(_as_json(run), json_wanted, _text(run))
    if strict and rejected:
        click.echo("Có dòng bị từ chối nên không ghi gì (--strict).", err=True)
        sys.exit(2)


@commands.command(help="Hoàn tác một lần nhập.")
@click.argument("run_id", metavar="MÃ_LẦN_NHẬP")
@click.option(
    "--keep-dependents", is_flag=True, help="Giữ lại dòng đã có dữ liệu mới phụ thuộc, hoàn tác phần còn lại."
)
@as_json
@with_database
def undo(run_id: str, keep_dependents: bool, json_wanted: bool) -> None:
    from csdl.intake.actions import undo_run  # needs settings
    from csdl.intake.errors import IntakeError  # needs settings
    from csdl.intake.queries import run_or_none  # needs settings
    from csdl.intake.runs.staying import Agreement  # needs settings

    actor = operator()
    run = run_or_none(actor, run_id)
    if run is None:
        raise IntakeError(f"Không có lần nhập {run_id}.", code="INT-76")
    run = undo_run(actor=actor, run=run, agreed=Agreement() if keep_dependents else None)
    emit(_as_json(run), json_wanted, "\n".join(["Đã hoàn tác lần nhập.", run.message]).strip())


@commands.command(help="Ghi tệp mẫu để điền.")
@click.option("--kind", type=click.Choice(KINDS), default="school", show_default=True, help="Tệp chứa gì.")
@click.option("--unit", "unit_code", help="Mã trường: tệp mẫu có sẵn danh sách lớp, giáo viên của trường để chọn.")
@click.option("--year", type=int, help="Năm bắt đầu của năm học; mặc định năm học hiện tại.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Tệp .xlsx sẽ ghi.")
@with_database
def template(kind: str, unit_code: str | None, year: int | None, out: Path) -> None:
    from csdl.intake.sheets.nouns import SPECS, WORKBOOK  # needs settings
    from csdl.intake.sheets.template import write_workbook  # needs settings
    from csdl.staff.models import StaffMember  # needs settings
    from csdl.years.models import SchoolClass  # needs settings

    title, choices = "Tệp mẫu nhập dữ liệu", {}
    if unit_code:
        unit, start_year = _unit(unit_code), year or _current_year()
        title = f"{unit.name}, năm học {start_year}-{start_year + 1}"
        classes = SchoolClass.objects.filter(school_id=unit.pk, start_year=start_year).order_by("sort_key")
        staff = StaffMember.objects.filter(postings__unit=unit, postings__valid_to=None).order_by("sort_key")
        choices = {
            "class_name": list(classes.values_list("name", flat=True)),
            "staff_name": list(staff.values_list("full_name", flat=True)),
        }
    nouns = WORKBOOK if kind == "school" else (kind,)
    file = io.BytesIO()
    write_workbook(file, [SPECS[noun] for noun in nouns], None, [title], choices=choices)
    write_file(out, file.getvalue())
    click.echo(f"Đã ghi {out}.")


def _as_json(run: "ImportRun") -> dict[str, Any]:
    """As `csdl schools import` answers, for each noun; problems of the file as a whole, then of all rows."""
    from csdl.intake.models import ImportRow  # needs settings

    problems = ImportRow.objects.filter(run=run).exclude(problems=[]).order_by("pk").values_list("problems", flat=True)
    return {
        "run": str(run.public_id),
        "state": run.state,
        "nouns": {noun: {state: states.get(state, 0) for state in _STATES} for noun, states in run.counts.items()},
        "problems": [*run.options.get("notes", []), *(problem for some in problems for problem in some)],
    }


def _text(run: "ImportRun") -> str:
    from csdl.intake.faults import found_value  # needs settings
    from csdl.intake.models import ImportRow  # needs settings
    from csdl.intake.runs.nouns import NOUNS  # needs settings

    written = "" if run.applied_at else " (chưa ghi)"
    lines = [f"Năm học {run.start_year}-{run.start_year + 1}{written}, lần nhập {run.public_id}:"]
    for noun, states in run.counts.items():
        said = ", ".join(f"{label} {states.get(state, 0)}" for state, label in _STATES.items())
        lines.append(f"{NOUNS[noun].title}: {said} dòng")
    if not run.counts:
        lines.append("Tệp không có dòng dữ liệu nào. Hãy nhập dữ liệu dưới dòng tiêu đề rồi nhập lại.")
    rows = ImportRow.objects.filter(run=run).exclude(problems=[]).order_by("pk").values_list("noun", "problems")
    shown = 0
    lines += [f"    {note['code']} {note['sheet']}: {note['message']}" for note in run.options.get("notes", [])]
    for noun, problem in ((noun, problem) for noun, some in rows for problem in some):
        shown += 1
        if shown <= SHOWN:
            value = found_value(noun, problem["column"], problem["value"])
            lines.append(
                f"    {problem['code']} {problem['sheet']}, dòng {problem['row']}, “{value}”: {problem['message']}"
            )
    if shown > SHOWN:
        lines.append(f"    … và {shown - SHOWN} vấn đề khác (xem đủ bằng --json)")
    return "\n".join(lines)


def _unit(code: str) -> Any:
    from csdl.intake.errors import IntakeError  # needs settings
    from csdl.orgs.models import OrgUnit  # needs settings

    unit = OrgUnit.objects.filter(code=code).first()
    if unit is None:
        raise IntakeError(f"Không có đơn vị mang mã {code}.", code="INT-77")
    return unit


def _content(file: Path) -> bytes:
    from csdl.intake.errors import unreadable  # needs settings
    from csdl.lib.xlsx import Why  # needs settings

    try:
        return file.read_bytes()
    except OSError:
        raise unreadable(Why.MISSING) from None


def _current_year() -> int:
    from csdl.years.errors import YearError  # needs settings
    from csdl.years.models import SchoolYear  # needs settings

    current = SchoolYear.objects.filter(is_current=True).first()
    if current is None:
        raise YearError("Chưa có năm học hiện tại. Hãy chọn năm học bằng --year.", code="YEAR-02")
    return current.start_year
