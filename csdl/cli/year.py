"""`csdl year`: open, current, close, reopen, list."""

from typing import Any

import click

from csdl.cli.base import as_json, emit, operator, with_database


@click.group(help="Năm học: mở, đặt hiện tại, khóa, mở lại.")
def commands() -> None: ...


@commands.command("open", help="Mở năm học để ghi dữ liệu.")
@click.argument("start_year", type=int, metavar="NĂM")
@as_json
@with_database
def open_year(start_year: int, json_wanted: bool) -> None:
    from csdl.years.actions import open_school_year  # needs settings

    _say(open_school_year(actor=operator(), start_year=start_year), json_wanted)


@commands.command("current", help="Đặt năm học hiện tại.")
@click.argument("start_year", type=int, metavar="NĂM")
@as_json
@with_database
def current(start_year: int, json_wanted: bool) -> None:
    from csdl.years.actions import make_year_current  # needs settings

    _say(make_year_current(actor=operator(), start_year=start_year), json_wanted)


@commands.command("close", help="Khóa năm học: không ghi thêm được nữa.")
@click.argument("start_year", type=int, metavar="NĂM")
@as_json
@with_database
def close(start_year: int, json_wanted: bool) -> None:
    from csdl.years.actions import close_school_year  # needs settings

    _say(close_school_year(actor=operator(), start_year=start_year), json_wanted)


@commands.command("reopen", help="Mở lại năm học đã khóa; ghi lý do vào nhật ký.")
@click.argument("start_year", type=int, metavar="NĂM")
@click.option("--reason", required=True, help="Lý do, căn cứ mở lại.")
@as_json
@with_database
def reopen(start_year: int, reason: str, json_wanted: bool) -> None:
    from csdl.years.actions import reopen_school_year  # needs settings

    _say(reopen_school_year(actor=operator(), start_year=start_year, reason=reason), json_wanted)


@commands.command("list", help="Các năm học trong hệ thống.")
@as_json
@with_database
def list_years(json_wanted: bool) -> None:
    from csdl.years.models import SchoolYear  # needs settings

    years = [_figures(year) for year in SchoolYear.objects.order_by("start_year")]
    emit(years, json_wanted, "\n".join(f"{y['name']}: {y['state_label']}" for y in years) or "Chưa có năm học nào.")


def _say(year: Any, json_wanted: bool) -> None:
    figures = _figures(year)
    emit(figures, json_wanted, f"Năm học {figures['name']}: {figures['state_label']}.")


def _figures(year: Any) -> dict[str, Any]:
    label = year.get_state_display() + (", hiện tại" if year.is_current else "")
    return {
        "start_year": year.start_year,
        "name": year.name,
        "state": year.state,
        "state_label": label,
        "is_current": year.is_current,
    }
