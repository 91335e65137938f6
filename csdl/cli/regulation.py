"""`csdl regulation`: the regulation that every user accepts: publish a version, list what was published."""

from pathlib import Path

import click

from csdl.cli.base import as_json, emit, operator, with_database


@click.group(help="Quy chế quản lý, sử dụng CSDL: mỗi người dùng đọc và chấp nhận một lần cho mỗi bản.")
def commands() -> None: ...


@commands.command("publish", help="Công bố bản mới; không có --file thì dùng nội dung soạn sẵn của hệ thống.")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp văn bản UTF-8: dòng đầu là tên quy chế, sau đó mỗi đoạn một dòng.",
)
@click.option("--decision", "decision_no", default="", help="Số, ký hiệu văn bản ban hành, ví dụ 1062/QĐ-SGDĐT.")
@as_json
@with_database
def publish(path: Path | None, decision_no: str, json_wanted: bool) -> None:
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.accounts.regulation import default_text
    from csdl.staff.actions import NewRegulation, publish_regulation

    if path is None:
        title, text = default_text()
    else:
        try:
            title, _, text = path.read_text(encoding="utf-8-sig").partition("\n")
        except UnicodeDecodeError:
            raise CsdlError(f"Tệp {path} không phải văn bản UTF-8. Hãy lưu lại dạng UTF-8.", code="CLI-01") from None
    made = publish_regulation(actor=operator(), wanted=NewRegulation(title, text, decision_no))
    emit(
        {"version": made.version, "title": made.title, "text_hash": made.text_hash},
        json_wanted,
        f"Đã công bố bản {made.version}: {made.title}. Mọi người được hỏi chấp nhận trong vòng một phút.",
    )


@commands.command("list", help="Các bản đã công bố và số tài khoản đã chấp nhận.")
@as_json
@with_database
def versions(json_wanted: bool) -> None:
    from django.db.models import Count  # needs settings
    from django.utils.timezone import localtime

    from csdl.accounts.models import Regulation

    rows = [
        {
            "version": one.version,
            "title": one.title,
            "decision_no": one.decision_no,
            "published_at": localtime(one.published_at).isoformat(),
            "text_hash": one.text_hash,
            "accepted": one.accepted,
        }
        for one in Regulation.objects.annotate(accepted=Count("acceptances")).order_by("-version")
    ]
    lines = [f"Bản {row['version']}: {row['title']}, {row['accepted']} tài khoản đã chấp nhận" for row in rows]
    emit(rows, json_wanted, "\n".join(lines) or "Chưa công bố bản nào.")
