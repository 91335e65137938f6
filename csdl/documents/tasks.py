"""Background entry point of kept files: sweep what no row names."""

from procrastinate.contrib.django import app

from csdl.documents.store import sweep

__all__ = ["sweep_files"]


@app.periodic(cron="50 2 * * *")
@app.task(queue="bulk", name="documents.sweep_files")
def sweep_files(timestamp: int) -> None:
    """Delete files that no row names; safe to run at any time. The queue says when it was due."""
    sweep()
