"""`csdl export`: the figures for taking data out, and what was asked for."""

import click

from csdl.cli.base import as_json, emit, operator, with_database


@click.group(help="Tải dữ liệu: quy định duyệt tệp lớn, các yêu cầu.")
def commands() -> None: ...


@commands.command("rules", help="Xem quy định; có tùy chọn thì sửa.")
@click.option("--over", "approve_over", type=int, help="Tệp có dữ liệu của nhiều hơn số người này thì cần duyệt.")
@click.option("--hours", "approval_hours", type=int, help="Số giờ lấy được tệp sau khi duyệt.")
@click.option("--days", "request_days", type=int, help="Số ngày yêu cầu chờ duyệt.")
@as_json
@with_database
def rules(json_wanted: bool, **given: int | None) -> None:
    from csdl.exports.approving import rules as laid_down  # needs settings
    from csdl.exports.requests import change_export_rules

    wanted = {name: value for name, value in given.items() if value is not None}
    held = change_export_rules(actor=operator(), values=wanted) if wanted else laid_down()
    emit(
        {name: getattr(held, name) for name in given},
        json_wanted,
        f"Tệp có dữ liệu của hơn {held.approve_over} người, tính cả các tệp một tài khoản tải trong 24 giờ, hoặc của "
        f"nhiều trường, cần duyệt; duyệt xong lấy được trong {held.approval_hours} giờ; yêu cầu chờ duyệt "
        f"{held.request_days} ngày.",
    )


@commands.command("requests", help="Các yêu cầu tải tệp lớn, mới nhất trước.")
@click.option("--limit", type=int, default=50, show_default=True, help="Số yêu cầu.")
@as_json
@with_database
def requests(limit: int, json_wanted: bool) -> None:
    from django.utils.timezone import localtime  # needs settings

    from csdl.exports.models import ExportRequest

    rows = ExportRequest.objects.select_related("decision", "unit").order_by("-asked_at", "-pk")[:limit]
    found = [
        {
            "asked_at": localtime(one.asked_at).isoformat(timespec="minutes"),
            "asked_by": one.asked_by,
            "unit": one.unit.code,
            "title": one.title,
            "persons": one.persons,
            "state": one.state[1],
            "decided_by": one.said.decided_by if one.said else "",
        }
        for one in rows
    ]
    lines = ["{asked_at}  {state}  {persons} người  {title}  ({asked_by}, {unit})".format(**one) for one in found]
    emit(found, json_wanted, "\n".join(lines) or "Chưa có yêu cầu nào.")
