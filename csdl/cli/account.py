"""`csdl account`: what nobody else may do for the head of the uppermost unit: a letter of activation, unlocking; and
what the worker does: accounts of leavers, what expired."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from csdl.cli.base import as_json, emit, operator, with_database, write_file

if TYPE_CHECKING:
    from csdl.orgs.models import OrgUnit
    from csdl.staff.models import StaffMember


@click.group(
    help="Tài khoản: in thư kích hoạt, mở khóa (cho thủ trưởng cấp cao nhất); người đã thôi việc; dọn phiên hết hạn."
)
def commands() -> None: ...


@commands.command("letter", help="In thư kích hoạt mới của một tài khoản; thư cũ hết giá trị.")
@click.argument("username", metavar="TÊN-ĐĂNG-NHẬP")
@click.option("--address", required=True, help="Địa chỉ hệ thống ghi trong thư, ví dụ https://csdl.example.vn.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Tệp PDF ghi ra.")
@as_json
@with_database
def letter(username: str, address: str, out: Path, json_wanted: bool) -> None:
    from csdl.staff.actions import print_letters  # needs settings

    unit, staff = _named(username)
    paper = print_letters(actor=operator(), unit=unit, people=[staff], address=address)
    write_file(out, paper)
    emit({"username": username, "file": str(out)}, json_wanted, f"Đã in thư kích hoạt của {staff.full_name}: {out}")


@commands.command("unlock", help="Mở khóa một tài khoản bị khóa hoặc tạm khóa do nhập sai.")
@click.argument("username", metavar="TÊN-ĐĂNG-NHẬP")
@click.option("--reason", required=True, help="Lý do, ghi vào nhật ký.")
@as_json
@with_database
def unlock(username: str, reason: str, json_wanted: bool) -> None:
    from csdl.staff.actions import unlock_account  # needs settings

    unit, staff = _named(username)
    unlock_account(actor=operator(), unit=unit, staff=staff, reason=reason)
    emit({"username": username}, json_wanted, f"Tài khoản của {staff.full_name} đăng nhập lại được.")


@commands.command(
    "leavers", help="Người đã thôi công tác mà tài khoản còn mở; --lock khóa ngay. Còn ai thì thoát mã 2."
)
@click.option("--lock", is_flag=True, help="Khóa các tài khoản ấy, như tác vụ nền mỗi giờ.")
@as_json
@with_database
def leavers(lock: bool, json_wanted: bool) -> None:
    from csdl.staff.actions import lock_leavers  # needs settings
    from csdl.staff.queries import leavers_with_account

    locked = lock_leavers(actor=operator()) if lock else 0
    names = [one.account.username for one in leavers_with_account() if one.account]
    told = f"Đã khóa {locked} tài khoản. " if lock else ""
    told += f"Còn mở: {', '.join(names)}" if names else "Không còn tài khoản nào của người đã thôi công tác."
    emit({"locked": locked, "open": names}, json_wanted, told)
    if names:
        sys.exit(2)


@commands.command("clear", help="Xóa phiên, mã tạm, thiết bị nhớ đã hết hạn, như tác vụ nền mỗi đêm.")
@as_json
@with_database
def clear(json_wanted: bool) -> None:
    from csdl.accounts.tidying import clear_expired  # needs settings

    done = clear_expired()
    emit(done, json_wanted, f"Đã xóa {sum(done.values())} dòng hết hạn.")


def _named(username: str) -> "tuple[OrgUnit, StaffMember]":
    """The person behind an account, and the unit where that person works."""
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.lib import clock
    from csdl.staff.models import StaffPosting
    from csdl.staff.queries import postings_on

    rows = postings_on(StaffPosting.objects.filter(staff__account__username=username.strip().lower()), clock.today())
    posting = rows.select_related("staff__account", "unit__parent").order_by("-valid_from").first()
    if posting is None:
        raise CsdlError(f"Không có tài khoản {username} của người đang công tác.", code="CLI-01")
    return posting.unit, posting.staff
