"""`csdl person`: what an order (a court, an authority) makes the operator do with what is kept of one person."""

from typing import Any

import click

from csdl.cli.base import as_json, emit, operator, with_database


@click.group(help="Một người: xóa thông tin theo bản án, quyết định của cơ quan có thẩm quyền.")
def commands() -> None: ...


@commands.command(
    "erase",
    help="Xóa họ tên, ngày sinh, mã của một người khỏi số liệu báo cáo đã chốt; các con số và mã băm giữ nguyên.",
)
@click.option("--pupil", "pupil_key", metavar="MÃ", help="Học sinh: mã định danh của Bộ, mã học sinh, số định danh.")
@click.option("--staff", "staff_key", metavar="MÃ", help="Cán bộ, giáo viên: mã định danh của Bộ hoặc số định danh.")
@click.option("--decision", required=True, metavar="SỐ", help="Số bản án, quyết định.")
@click.option("--reason", required=True, metavar="LÝ DO", help="Lý do, ghi vào nhật ký.")
@click.option("--dry-run", is_flag=True, help="Chỉ xem sẽ xóa ở đâu, không xóa.")
@as_json
@with_database
def erase(
    pupil_key: str | None, staff_key: str | None, decision: str, reason: str, dry_run: bool, json_wanted: bool
) -> None:
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.reports.actions import counted_person, erase_counted_person
    from csdl.staff.models import StaffMember
    from csdl.students.models import Student

    if bool(pupil_key) == bool(staff_key):
        raise CsdlError("Hãy nêu đúng một người: --pupil MÃ hoặc --staff MÃ.", code="CLI-01")
    found = _one(Student, pupil_key) if pupil_key else _one(StaffMember, staff_key or "")
    person = {"student_id": found.pk} if pupil_key else {"staff_id": found.pk}
    held = counted_person(actor=operator(), **person)
    rows = sum(one.rows for one in held)
    if not dry_run:
        rows = erase_counted_person(actor=operator(), order=decision, reason=reason, **person)
    verb = "Sẽ xóa" if dry_run else "Đã xóa"
    said = [
        f"{verb} họ tên, ngày sinh, mã của {found.full_name} ở {rows} dòng của số liệu đã chốt.",
        *(f"  {one.period_name}: {one.rows} dòng, {one.freezes} lần chốt" for one in held),
        "Các con số, chữ ký và mã băm của mọi báo cáo giữ nguyên: người này vẫn được đếm, không còn đọc được là ai.",
        "Các lần chốt sau, trang so hồ sơ với lần chốt cũng đếm mà không nêu tên.",
        "Hồ sơ đang dùng (học bạ, lớp, hồ sơ cán bộ) và nhật ký không thay đổi bởi lệnh này.",
    ]
    data = {
        "rows": rows,
        "dry_run": dry_run,
        "decision": decision,
        "periods": [{"period": one.period_name, "rows": one.rows, "freezes": one.freezes} for one in held],
    }
    emit(data, json_wanted, "\n".join(said))


def _one(model: Any, key: str) -> Any:
    """The one person whom a code names. Errors: CLI-02 nobody, or several."""
    from django.db.models import Q  # needs settings

    from csdl.accounts.errors import CsdlError

    names = {field.name for field in model._meta.get_fields()}
    wanted = Q(pk__in=[])
    for name in ("moet_code", "local_code", "citizen_id_no"):
        if name in names:
            wanted |= Q(**{name: key})
    found = list(model.objects.filter(wanted)[:2])
    if len(found) != 1:
        how = "không có ai" if not found else "có nhiều người"
        raise CsdlError(f"Mã “{key}”: {how}. Hãy dùng mã định danh của Bộ hoặc số định danh cá nhân.", code="CLI-02")
    return found[0]
