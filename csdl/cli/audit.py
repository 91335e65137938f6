"""`csdl audit`: verify, roots."""

import datetime as dt
import sys
from pathlib import Path

import click

from csdl.cli.base import as_json, emit, unit_by_code, with_database, write_file

_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@click.group(help="Nhật ký: kiểm tra còn nguyên, in mã gốc từng ngày.")
def commands() -> None: ...


@commands.command("verify", help="Kiểm tra nhật ký: nêu từng sự kiện bị sửa, xóa, chèn; mã thoát 1 nếu có.")
@click.option("--unit", "code", help="Chỉ nhật ký của đơn vị có mã này.")
@click.option("--from", "first", type=_DAY, help="Từ ngày (YYYY-MM-DD).")
@click.option("--to", "last", type=_DAY, help="Đến hết ngày (YYYY-MM-DD).")
@click.option("--root", "printed", multiple=True, help="Mã gốc in trên giấy phải còn đúng; dùng được nhiều lần.")
@as_json
@with_database
def verify(
    code: str | None,
    first: dt.datetime | None,
    last: dt.datetime | None,
    printed: tuple[str, ...],
    json_wanted: bool,
) -> None:
    from csdl.audit.verify import verify_log  # needs settings
    from csdl.orgs.models import OrgUnit

    unit = unit_by_code(code) if code else None
    found = verify_log(
        unit_ids=[unit.pk] if unit else [],
        first=first.date() if first else None,
        last=last.date() if last else None,
        printed=printed,
    )
    named = OrgUnit.objects.in_bulk({fault.unit_id for fault in found.faults if fault.unit_id})
    told = []
    lines = []
    for fault in found.faults:
        place = named.get(fault.unit_id) if fault.unit_id else None
        told.append(
            {
                "what": str(fault.what),
                "event_id": fault.event_id,
                "unit_code": place.code if place else (str(fault.unit_id) if fault.unit_id else None),
                "unit": place.name if place else None,
                "day": fault.day,
                "sealed_no": fault.sealed_no,
                "sentence": fault.sentence,
            }
        )
        where = place.name if place else ("ngoài các đơn vị" if not fault.unit_id else f"đơn vị {fault.unit_id}")
        day = f", {fault.day:%d/%m/%Y}" if fault.day else ""
        event = f", sự kiện mã {fault.event_id}" if fault.event_id else ""
        lines.append(f"- {where}{day}{event}: {fault.sentence}")
    counted = (
        f"{found.events} sự kiện trong {found.chains} chuỗi, {found.roots} mã gốc; {found.unsealed} chờ niêm phong"
    )
    head = f"Nhật ký còn nguyên: {counted}." if found.is_whole else f"Nhật ký KHÔNG còn nguyên ({counted}):"
    data = {
        "is_whole": found.is_whole,
        "events": found.events,
        "unsealed": found.unsealed,
        "chains": found.chains,
        "roots": found.roots,
        "faults": told,
    }
    emit(data, json_wanted, "\n".join([head, *lines]))
    if not found.is_whole:
        sys.exit(1)


@commands.command("roots", help="In mã gốc của từng ngày; --pdf ghi tờ in để lưu hồ sơ giấy.")
@click.option("--from", "first", type=_DAY, help="Từ ngày (YYYY-MM-DD).")
@click.option("--to", "last", type=_DAY, help="Đến hết ngày (YYYY-MM-DD).")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Ghi tờ in vào tệp PDF.")
@as_json
@with_database
def roots(first: dt.datetime | None, last: dt.datetime | None, pdf: Path | None, json_wanted: bool) -> None:
    from csdl.audit.roots import roots_between, roots_paper  # needs settings
    from csdl.orgs.models import OrgUnit

    rows = roots_between(first.date() if first else None, last.date() if last else None)
    if pdf is not None:
        top = OrgUnit.objects.filter(parent=None).order_by("pk").first()
        write_file(pdf, roots_paper(rows, unit_name=top.name if top else ""))
    data = [
        {"day": row.day, "root": bytes(row.root_hash).hex(), "events": row.event_count, "chains": row.chain_count}
        for row in rows
    ]
    text = "\n".join(f"{row['day']:%d/%m/%Y}  {row['root']}  {row['events']} sự kiện" for row in data)
    emit(data, json_wanted, text or "Chưa có mã gốc nào: mã gốc đầu tiên được lập khi hết ngày.")
