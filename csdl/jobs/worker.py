"""The background worker: takes jobs from the queue, takes over those whose worker died, seals the event log
and keeps what is shown of units at today's version.

A job that was cut off is started again from its first line: every task finds what is done already (D8). One that ended
without being able to say so, because the database was gone, is closed with a sentence.
"""

import asyncio
from typing import cast

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from csdl.jobs.actions import close_lost_jobs

__all__ = ["run_worker"]

HEARTBEAT_SECONDS = 2.0
# A worker silent for so long is dead; its jobs go to whoever asks next.
DEAD_AFTER_SECONDS = 10.0
KEEP_UP_EVERY_SECONDS = 20.0
# What time itself makes due; each finds what is done already.
_KEPT_UP = ("SELECT csdl_seal_events()", "SELECT csdl_refresh_units(NULL)")


def run_worker(*, once: bool = False) -> None:
    """Work until stopped by a signal; `once`: until the queue is empty (tests, operators)."""
    asyncio.run(_run(once))


async def _run(once: bool) -> None:
    connector = cast(DjangoConnector, app.connector).get_worker_connector()
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            await _take_over(worker_app)
            keepers = (
                [] if once else [asyncio.create_task(_keep_taking_over(worker_app)), asyncio.create_task(_keep_up())]
            )
            try:
                await worker_app.run_worker_async(
                    wait=not once,
                    concurrency=1,
                    fetch_job_polling_interval=2.0,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=DEAD_AFTER_SECONDS,
                    install_signal_handlers=True,
                    shutdown_graceful_timeout=30,
                )
            finally:
                for keeper in keepers:
                    keeper.cancel()


async def _take_over(worker_app: App) -> None:
    for job in await worker_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        await worker_app.job_manager.retry_job(job)
    await sync_to_async(_close_lost)()


def _close_lost() -> None:
    close_old_connections()
    close_lost_jobs()


async def _keep_taking_over(worker_app: App) -> None:
    while True:
        await asyncio.sleep(DEAD_AFTER_SECONDS)
        await _take_over(worker_app)


async def _keep_up() -> None:
    while True:
        await sync_to_async(_do_what_is_due)()
        await asyncio.sleep(KEEP_UP_EVERY_SECONDS)


def _do_what_is_due() -> None:
    close_old_connections()
    with connection.cursor() as cursor:
        for statement in _KEPT_UP:
            cursor.execute(statement)
