"""`csdl setup`: what a new province needs before anybody can sign in: the department's first head."""

import datetime as dt
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from csdl.cli.base import as_json, emit, operator, with_database, write_file


class LocalDay(click.ParamType[dt.date]):
    """A day as people write it: 15/08/2024, or 2024-08-15."""

    name = "ngày"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        for form in ("%d/%m/%Y", "%Y-%m-%d"):
            try:
                return dt.datetime.strptime(str(value), form).date()
            except ValueError:
                continue
        raise click.BadParameter(f"{value} không phải ngày. Hãy ghi theo dạng 15/08/2024.", ctx, param)


@click.command(help="Khởi tạo: thủ trưởng đầu tiên của Sở và tài khoản của người ấy.")
@click.option("--head", required=True, metavar="HỌ-TÊN", help="Họ và tên thủ trưởng.")
@click.option("--username", default="", metavar="TÊN", help="Tên đăng nhập; không ghi: đặt theo họ tên.")
@click.option("--from", "valid_from", type=LocalDay(), required=True, metavar="NGÀY", help="Giữ chức từ ngày.")
@click.option("--decision", required=True, metavar="SỐ", help="Số quyết định bổ nhiệm.")
@click.option("--decided-on", type=LocalDay(), required=True, metavar="NGÀY", help="Ngày ký quyết định.")
@click.option(
    "--decision-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="TỆP",
    help="Bản quét quyết định (PDF, JPEG, PNG); không ghi: lưu sau ở trang Thủ trưởng đơn vị.",
)
@click.option("--acting", is_flag=True, help="Quyền hoặc phụ trách.")
@click.option(
    "--letter",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="TỆP",
    help="Thư kích hoạt (PDF) để in và giao tận tay.",
)
@as_json
@with_database
def commands(
    head: str,
    username: str,
    valid_from: dt.date,
    decision: str,
    decided_on: dt.date,
    decision_file: Path | None,
    acting: bool,
    letter: Path,
    json_wanted: bool,
) -> None:
    from django.conf import settings  # needs settings
    from django.core.files.uploadedfile import UploadedFile
    from django.db import transaction

    from csdl.delegation.actions import set_up_head
    from csdl.orgs.models import OrgUnit
    from csdl.staff.actions import print_letters

    values = {"is_acting": acting, "decision_no": decision, "decided_on": decided_on}
    # Nothing stays where the letter cannot be written: an account without its letter is worth nothing.
    with ExitStack() as opened, transaction.atomic():
        upload: Any = None
        if decision_file:
            content = opened.enter_context(decision_file.open("rb"))
            upload = UploadedFile(content, decision_file.name, size=decision_file.stat().st_size)
        staff = set_up_head(
            actor=operator(), full_name=head, username=username, valid_from=valid_from, values=values, upload=upload
        )
        unit = OrgUnit.objects.get(parent=None, closed_on__isnull=True)
        printed = print_letters(actor=operator(), unit=unit, people=[staff], address=settings.SYSTEM_URL)
        write_file(letter, printed)
    assert staff.account is not None
    told = {"head": staff.full_name, "unit": unit.name, "username": staff.account.username, "letter": str(letter)}
    text = (
        f"{staff.full_name} là thủ trưởng {unit.name}, tên đăng nhập {staff.account.username}. "
        f"Hãy in {letter} và giao tận tay."
        f"{'' if decision_file else ' Chưa lưu tệp quyết định bổ nhiệm: hãy lưu ở trang Thủ trưởng đơn vị.'}"
    )
    emit(told, json_wanted, text)
