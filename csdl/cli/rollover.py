"""`csdl rollover`: plan, run, undo, status."""

import sys
from collections.abc import Callable
from typing import Any

import click

from csdl.accounts.errors import CsdlError
from csdl.cli.base import as_json, emit, operator, unit_by_code, with_database


@click.group(help="Kết chuyển dữ liệu năm học.")
def commands() -> None: ...


def _scope(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options every sub-command takes: the year left behind, and exactly one scope."""
    options: tuple[Callable[..., Any], ...] = (
        click.option("--all", "everything", is_flag=True, help="Cả tỉnh."),
        click.option("--unit", "unit_code", metavar="MÃ", help="Các trường thuộc một đơn vị (Phòng, Sở)."),
        click.option("--school", "school_code", metavar="MÃ", help="Một trường."),
        click.option("--from", "from_year", type=int, required=True, help="Năm đầu của năm học cũ, ví dụ 2023."),
    )
    for add_option in options:
        command = add_option(command)
    return command


@commands.command("plan", help="Lập kế hoạch: xem trước, chưa ghi gì vào năm học mới.")
@_scope
@as_json
@with_database
def plan(from_year: int, school_code: str, unit_code: str, everything: bool, json_wanted: bool) -> None:
    from csdl.rollover.actions import plan_rollover  # needs settings

    unit = _unit(school_code, unit_code, everything)
    figures = plan_rollover(actor=operator(), from_year=from_year, unit=unit)
    emit(figures.as_json(), json_wanted, _sentence(figures))


@commands.command("run", help="Chạy kết chuyển; chạy lại chỉ chuyển những em còn thiếu.")
@_scope
@as_json
@with_database
def run(from_year: int, school_code: str, unit_code: str, everything: bool, json_wanted: bool) -> None:
    from csdl.orgs.models import OrgUnit  # needs settings
    from csdl.rollover.actions import roll_over

    unit = _unit(school_code, unit_code, everything)
    with click.progressbar(length=1, label="Kết chuyển", file=sys.stderr) as bar:

        def progress(done: int, total: int, message: str = "") -> None:
            bar.length = max(total, 1)
            bar.label = message or "Kết chuyển"
            bar.update(done - bar.pos)

        figures, skipped = roll_over(actor=operator(), from_year=from_year, unit=unit, progress=progress)
    codes = dict(OrgUnit.objects.filter(pk__in=[s.school_id for s in skipped]).values_list("pk", "code"))
    left_out = [{"school": codes[item.school_id], "reason": item.reason} for item in skipped]
    text = "\n".join([_sentence(figures), *(f"Bỏ qua {item['school']}: {item['reason']}" for item in left_out)])
    emit({**figures.as_json(), "skipped": left_out}, json_wanted, text)


@commands.command("undo", help="Hoàn tác: xóa đúng những gì kết chuyển đã ghi.")
@_scope
@click.option("--keep-dependents", is_flag=True, help="Giữ lại những em đã có dữ liệu mới, hoàn tác phần còn lại.")
@as_json
@with_database
def undo(
    from_year: int, school_code: str, unit_code: str, everything: bool, keep_dependents: bool, json_wanted: bool
) -> None:
    from csdl.rollover.actions import undo_rollover  # needs settings

    unit = _unit(school_code, unit_code, everything)
    figures = undo_rollover(actor=operator(), from_year=from_year, unit=unit, keep_dependents=keep_dependents)
    kept = f", giữ lại {figures.created} hồ sơ đã có dữ liệu mới" if figures.created else ""
    done = f"Đã hoàn tác: xóa {figures.removed} hồ sơ học sinh của năm học mới{kept}. Năm học cũ không thay đổi."
    emit(figures.as_json(), json_wanted, f"{done}\n{_sentence(figures)}")


@commands.command("status", help="Tình hình kết chuyển hiện nay.")
@_scope
@as_json
@with_database
def status(from_year: int, school_code: str, unit_code: str, everything: bool, json_wanted: bool) -> None:
    from csdl.accounts.permissions import Permission  # needs settings
    from csdl.rollover.queries import schools_in_scope, totals

    unit = _unit(school_code, unit_code, everything)
    actor = operator()
    schools = schools_in_scope(actor=actor, permission=Permission.ROLLOVER_READ, from_year=from_year, unit=unit)
    figures = totals(from_year=from_year, school_ids=schools)
    emit(figures.as_json(), json_wanted, _sentence(figures))


def _unit(school_code: str | None, unit_code: str | None, everything: bool) -> Any:
    """The unit the options name; None for the whole province."""
    if sum(map(bool, (school_code, unit_code, everything))) != 1:
        raise CsdlError("Hãy chọn đúng một phạm vi: --school MÃ, --unit MÃ hoặc --all.", code="CLI-01")
    if everything:
        return None
    found = unit_by_code(school_code or unit_code or "")
    if school_code and not hasattr(found, "school"):
        raise CsdlError(f"{found.name} không phải là trường. Dùng --unit {school_code}.", code="CLI-02")
    return found


def _sentence(figures: Any) -> str:
    names = {
        "not_planned": "chưa lập kế hoạch",
        "planned": "đã lập kế hoạch",
        "partial": "đã chạy một phần",
        "done": "đã chạy",
        "confirmed": "đã xác nhận",
    }
    stands = f"{figures.schools} trường, {names[figures.state]}"
    if figures.unplanned:
        planned = f"{figures.schools} trường {names[figures.state]}, " if figures.schools else ""
        stands = f"{planned}{figures.unplanned} trường chưa lập kế hoạch"
    return (
        f"{figures.from_year}-{figures.from_year + 1} → {figures.from_year + 1}-{figures.from_year + 2}: "
        f"{stands}. Có mặt cuối năm {figures.came_in} = "
        f"lên lớp {figures.promoted} + ở lại lớp {figures.retained} + hoàn thành cấp học {figures.completed} + "
        f"chờ xử lý {figures.pending} + rời trường {figures.left}. Tạo mới {figures.created}, "
        f"ngoại lệ {figures.exceptions}."
    )
