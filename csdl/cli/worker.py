"""`csdl worker`: the background worker."""

import click

from csdl.cli.base import with_database


@click.command(help="Chạy tác vụ nền.")
@click.option("--once", is_flag=True, help="Làm hết hàng đợi rồi dừng.")
@with_database
def commands(once: bool) -> None:
    from csdl.jobs.worker import run_worker  # needs settings

    run_worker(once=once)
