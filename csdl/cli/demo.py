"""`csdl demo`: the made-up province."""

import sys
from typing import Any

import click

from csdl.cli.base import as_json, emit, operator, with_database


@click.group(help="Tỉnh mẫu để dùng thử.")
def commands() -> None: ...


@commands.command(
    "build", help="Dựng tỉnh mẫu, hoặc điền học sinh mẫu vào trường có sẵn (--into). Mọi người đều là giả lập."
)
@click.option("--pupils", type=int, required=True, metavar="N", help="Số học sinh.")
@click.option("--year", "start_year", type=int, required=True, help="Năm đầu của năm học, ví dụ 2023.")
@click.option("--seed", type=int, default=1, show_default=True, help="Cùng số này thì dựng ra cùng dữ liệu.")
@click.option(
    "--stage",
    type=click.Choice(["year-end", "rolled", "october"]),
    default="year-end",
    show_default=True,
    help="year-end: hết năm học, chưa kết chuyển; rolled: đã kết chuyển cả tỉnh; "
    "october: chiều 7/10, báo cáo đầu năm học sắp đến hạn.",
)
@click.option("--into", is_flag=True, help="Điền vào các trường có MÃ ghi sau; không ghi mã: mọi trường chưa có lớp.")
@click.argument("codes", nargs=-1, metavar="[MÃ]...")
@as_json
@with_database
def build(
    pupils: int, start_year: int, seed: int, stage: str, into: bool, codes: tuple[str, ...], json_wanted: bool
) -> None:
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.demo.build import build_province, fill_schools

    if codes and not into:
        raise CsdlError("Mã trường chỉ dùng cùng --into.", code="CLI-01")
    if into and stage != "year-end":
        raise CsdlError("--into không đi cùng --stage. Chạy tiếp: csdl rollover run.", code="CLI-01")
    with click.progressbar(length=pupils, label="Dựng dữ liệu mẫu", file=sys.stderr) as bar:

        def progress(done: int) -> None:
            bar.update(done - bar.pos)

        shared: dict[str, Any] = {"actor": operator(), "pupils": pupils, "start_year": start_year, "seed": seed}
        if into:
            report = fill_schools(codes=codes, progress=progress, **shared)
        else:
            report = build_province(stage=stage, progress=progress, **shared)
    emit(report.as_json(), json_wanted, _text(report))


@commands.command("code", help="Mã xác thực hai bước hiện thời của tài khoản dùng thử.")
@as_json
@with_database
def code(json_wanted: bool) -> None:
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.demo.accounts import current_codes

    found = current_codes()
    if not found:
        raise CsdlError("Kho dữ liệu này không có tài khoản dùng thử nào có xác thực hai bước.", code="CLI-01")
    lines = [f"{one['username']}: {one['code']} (còn {one['seconds']} giây)" for one in found]
    emit(found, json_wanted, "\n".join(lines))


def _text(report: Any) -> str:
    from csdl.demo.accounts import sign_in_lines  # needs settings

    lines = [
        f"Năm học {report.start_year}-{report.start_year + 1}: {report.schools} trường, {report.classes} lớp, "
        f"{report.pupils} học sinh giả lập (số khởi đầu {report.seed}).",
        "Lỗi dữ liệu cố ý:",
        *(f"  {kind['rule']} {kind['title']}: {kind['count']}" for kind in report.dirt),
    ]
    if report.sign_ins:
        lines += ["Tài khoản dùng thử:", *(f"  {line}" for line in sign_in_lines())]
    return "\n".join(lines)
