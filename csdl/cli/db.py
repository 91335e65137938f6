"""`csdl db`: prepare, migrate, policies."""

import sys

import click

from csdl.cli.base import as_json, emit, setup, with_database


@click.group(help="Cơ sở dữ liệu: vai trò, quyền, chính sách dòng, di trú.")
def commands() -> None: ...


@commands.command("prepare", help="Tạo cơ sở dữ liệu, vai trò, bảng và quyền; chạy lại được.")
@as_json
@with_database
def prepare(json_wanted: bool) -> None:
    from django.conf import settings  # needs settings
    from django.core.management import call_command

    from csdl.wall.prepare import prepare_database, prepare_grants

    names = settings.DATABASE_NAMES
    created, leakproof = prepare_database(names)
    call_command("migrate", verbosity=0, interactive=False)
    prepare_grants(names, demo=settings.DEMO)
    note = (
        "Đã sẵn sàng."
        if leakproof
        else "Chưa đánh dấu được hàm tìm kiếm (cần quyền quản trị PostgreSQL): tìm theo tên trên toàn tỉnh sẽ chậm. "
        "Đặt DATABASE_ADMIN_URL rồi chạy lại lệnh này."
    )
    emit({"database": names.dbname, "created": created, "leakproof": leakproof}, json_wanted, note)


@commands.command("migrate", help="Đưa bảng về phiên bản hiện tại.")
@with_database
def migrate() -> None:
    from django.core.management import call_command  # needs settings

    call_command("migrate", interactive=False)


@commands.command("policies", help="So chính sách dòng với khai báo; --write tạo bản di trú mới.")
@click.option("--write", is_flag=True, help="Ghi bản di trú nếu khai báo đã đổi.")
def policies(write: bool) -> None:
    setup()  # files against declarations: no database is asked
    from csdl.wall.migrating import stale, write_migration  # needs settings

    if write:
        path = write_migration()
        click.echo(f"Đã ghi {path.name}." if path else "Không có gì thay đổi.")
    elif stale():
        click.echo("Khai báo đã đổi mà chính sách dòng chưa đổi. Chạy: csdl db policies --write. (WALL-01)", err=True)
        sys.exit(2)
    else:
        click.echo("Chính sách dòng khớp với khai báo.")
