"""`csdl codes`: code lists."""

import click

from csdl.cli.base import as_json, emit, with_database


@click.group(help="Danh mục mã dùng chung.")
def commands() -> None: ...


@commands.command("load", help="Nạp danh mục của Bộ từ bộ dữ liệu đi kèm; chạy lại được.")
@as_json
@with_database
def load(json_wanted: bool) -> None:
    from csdl.codes.actions import load_code_lists  # needs settings

    counts = load_code_lists()
    emit(counts, json_wanted, f"Đã nạp {sum(counts.values())} giá trị của {len(counts)} danh mục.")
