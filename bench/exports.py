"""A whole pupil list as a file beside bare SQL and XlsxWriter, which write the same cells."""

from typing import Any

from bench.databases import Server

__all__ = ["exports"]


def exports(server: Server, size: int) -> dict[str, Any]:
    """What `bench.export_child` measures, in a clone with readers in it: seconds, floor_seconds, rows, cells."""
    _, rolled = server.start_and_rolled(size)
    clone = server.clone(rolled)
    clone.measure("readers")
    with clone.owner() as connection:
        connection.execute("ANALYZE")
    told: dict[str, Any] = clone.measure("exports", role="app")
    server.drop("bench_work")
    return told
