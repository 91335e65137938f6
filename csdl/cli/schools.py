"""`csdl schools`: units and schools."""

import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from csdl.cli.base import as_json, emit, operator, with_database

if TYPE_CHECKING:
    from csdl.intake.actions import SchoolImport

FIRST_YEAR = 2023  # the first school year of the product, where no year is current yet
SHOWN_OF_A_KIND = 3


@click.group(help="Trường và đơn vị.")
def commands() -> None: ...


@commands.command("import", help="Nhập đơn vị và trường từ tệp Excel của Bộ (mẫu TEMPLATE IMPORT TRƯỜNG HỌC).")
@click.argument("file", metavar="TỆP.xlsx", type=click.Path(path_type=Path))
@click.option(
    "--year", type=int, help=f"Năm bắt đầu của năm học; mặc định năm học hiện tại, nếu chưa có: {FIRST_YEAR}."
)
@click.option("--dry-run", is_flag=True, help="Chỉ xem trước, không ghi.")
@click.option("--strict", is_flag=True, help="Không ghi gì nếu có dòng bị từ chối (mã thoát 2).")
@as_json
@with_database
def import_file(file: Path, year: int | None, dry_run: bool, strict: bool, json_wanted: bool) -> None:
    from csdl.intake.actions import import_schools  # needs settings
    from csdl.years.models import SchoolYear  # needs settings

    if year is None:
        current = SchoolYear.objects.filter(is_current=True).first()
        year = current.start_year if current else FIRST_YEAR
    result = import_schools(actor=operator(), source=file, start_year=year, dry_run=dry_run, strict=strict)
    emit(result.as_json(), json_wanted, _text(result))
    if strict and result.rejected:
        click.echo("Có dòng bị từ chối nên không ghi gì (--strict).", err=True)
        sys.exit(2)


def _text(result: "SchoolImport") -> str:
    """The counts, then the problems grouped by kind and column, the first few of each with their rows."""
    state = "" if result.is_written else " (chưa ghi)"
    lines = [
        f"Năm học {result.start_year}-{result.start_year + 1}{state}: tạo mới {result.created}, "
        f"cập nhật {result.updated}, không đổi {result.unchanged}, từ chối {result.rejected} dòng; "
        f"tạo {result.units} đơn vị quản lý."
    ]
    lines += [f"{note.code.value} {note.sheet}: {note.message}" for note in result.notes]
    groups = defaultdict(list)
    for problem in result.problems:
        groups[problem.code, problem.column].append(problem)
    for (kind, column), problems in sorted(groups.items()):
        lines.append(f"{kind.value} {column}: {kind.label} – {len(problems)} dòng")
        if len(values := Counter(problem.value for problem in problems)) < len(problems):
            shown = ", ".join(f"“{value}” {count}" for value, count in values.most_common(5) if value)
            lines += [f"    giá trị: {shown}"] if shown else []
        for problem in problems[:SHOWN_OF_A_KIND]:
            lines.append(f"    {problem.sheet}, dòng {problem.row}, “{problem.value}”: {problem.message}")
        if len(problems) > SHOWN_OF_A_KIND:
            lines.append(f"    … và {len(problems) - SHOWN_OF_A_KIND} dòng khác (xem đủ bằng --json)")
    return "\n".join(lines)
