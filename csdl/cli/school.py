"""`csdl school`: one school's year as a workbook."""

from pathlib import Path

import click

from csdl.cli.base import as_json, emit, operator, with_database, write_file

_PURPOSES = ("work", "check", "report", "exam", "parents", "other")


@click.group(help="Một trường.")
def commands() -> None: ...


@commands.command("export", help="Tải dữ liệu một năm học của trường ra tệp Excel, sửa xong nhập lại được.")
@click.option("--unit", "code", required=True, help="Mã trường.")
@click.option("--year", type=int, required=True, help="Năm bắt đầu của năm học.")
@click.option("--purpose", type=click.Choice(_PURPOSES), required=True, help="Mục đích, ghi vào nhật ký.")
@click.option("--reason", default="", help="Ghi rõ khi mục đích là other.")
@click.option("--with-sensitive", is_flag=True, help="Gồm cả số định danh, điện thoại, địa chỉ và cột nhạy cảm khác.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Tệp .xlsx sẽ ghi.")
@as_json
@with_database
def export(code: str, year: int, purpose: str, reason: str, with_sensitive: bool, out: Path, json_wanted: bool) -> None:
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.exports.workbook import export_workbook
    from csdl.intake.sheets.nouns import SPECS
    from csdl.orgs.models import School

    school = School.objects.select_related("unit").filter(unit__code=code).first()
    if school is None:
        raise CsdlError(f"Không có trường mang mã {code}.", code="EXP-01")
    done = export_workbook(
        actor=operator(),
        school=school,
        start_year=year,
        purpose=purpose,
        reason=reason,
        with_sensitive=with_sensitive,
    )
    write_file(out, done.content)
    said = ", ".join(f"{SPECS[noun].title.lower()} {count}" for noun, count in done.counts.items())
    emit({"file": str(out), "counts": dict(done.counts)}, json_wanted, f"Đã ghi {out}: {said}.")
