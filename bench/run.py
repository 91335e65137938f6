"""`python -m bench.run --size N`: the product beside its floors; a table, and bench/results/latest.json.

Product and floor take turns, each in a fresh clone of the same database; medians of 5 runs, of 3 from half a million
pupils. Exit code 0 also where a goal is missed: the table says so, with the reason as far as it was found.
"""

import argparse
import datetime as dt
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.databases import HUNDRED, Database, Server, serving
from bench.exports import exports
from bench.pages import CONNECTIONS, serving_pages
from bench.reports import REPORTS, Line, board_lines, form_lines, storm_line, summing_line
from bench.roster import PUPILS, floor_of_roster, write_roster

HERE = Path(__file__).parent
FLOORS = HERE / "floors"
RESULTS = HERE / "results"
SMALL = 100_000
MEMORY_MB = 300
ROSTER_MEMORY_MB = 1_000
EMPTY_PAGE = "/tim-kiem/"
_ROLES = {
    "homeroom_teacher": "homeroom teacher",
    "school_clerk": "clerk",
    "school_head": "head",
    "office_head": "office",
    "department_admin": "department",
    "level_officer": "officer of a level",
    "level_department": "department's of a level",
    "two_functions": "clerk, 2 functions",
    "twelve_grants": "12 grants",
}


@dataclass
class Row:
    """One line of the table. `ratio` is seconds ÷ floor_seconds; `note` is printed, with the reason of a miss."""

    name: str
    size: int
    seconds: float
    floor_seconds: float | None
    ratio: float | None
    goal: str
    holds: bool
    note: str = ""


@dataclass(frozen=True)
class Pair:
    """Medians of the product and of its floor over the same work."""

    seconds: float
    floor_seconds: float
    memory_mb: int

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor_seconds


def compare(
    server: Server,
    source: Database,
    work: str,
    floor: Callable[[Database], None],
    *,
    rounds: int,
    but: tuple[str, ...] = (),
) -> Pair:
    """Medians of product and floor over `rounds` turns; stops where they leave different numbers of rows behind.

    `but` names tables in which the product says more than its floor does.
    """
    product_times, floor_times, memory = [], [], 0
    for turn in range(rounds):
        clone = server.clone(source)
        told = clone.measure(work)
        product_times.append(told["seconds"])
        memory = max(memory, told["memory_mb"])
        left = (clone.counts(), clone.shape()) if turn == 0 else None
        clone = server.clone(source)
        begin = time.perf_counter()
        floor(clone)
        floor_times.append(time.perf_counter() - begin)
        told_now = f"{work}, turn {turn + 1} of {rounds}: {product_times[-1]:.2f} s, floor {floor_times[-1]:.2f} s"
        print(told_now, file=sys.stderr, flush=True)
        if left is not None:
            _must_agree(left, (clone.counts(), clone.shape()), work, but)
    server.drop("bench_work")
    return Pair(statistics.median(product_times), statistics.median(floor_times), memory)


def _must_agree(product: tuple[Any, Any], floor: tuple[Any, Any], work: str, but: tuple[str, ...]) -> None:
    counts, bare = ({table: n for table, n in side[0].items() if table not in but} for side in (product, floor))
    differing = {table: (n, bare.get(table)) for table, n in counts.items() if n != bare.get(table)}
    if differing:
        raise SystemExit(f"{work}: product and floor wrote different numbers of rows: {differing}")
    if product[1] != floor[1]:
        raise SystemExit(f"{work}: indexes or keys differ: {set(product[1]) ^ set(floor[1])}")


def floor_of_province(database: Database) -> None:
    with database.owner() as connection:
        connection.execute(_floor("province"))


def floor_of_schools(database: Database) -> None:
    with psycopg.connect(database.url("owner"), autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        runs = connection.execute("SELECT school_id, id FROM ready.rollover_rolloverrun ORDER BY id").fetchall()
        connection.execute(_floor("begin_schools"))
        statements = _floor("one_school")
        for school_id, run_id in runs:
            connection.execute(statements, {"school_id": school_id, "run_id": run_id})


def floor_of_undo(database: Database) -> None:
    with psycopg.connect(database.url("owner"), autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        runs = [run for (run,) in connection.execute("SELECT id FROM rollover_rolloverrun").fetchall()]
        connection.execute(_floor("undo"), {"run_ids": runs})


def floor_of_reports(database: Database) -> None:
    with database.owner() as connection:
        connection.execute(_floor("reports"))


def _floor(name: str) -> str:
    return (FLOORS / f"{name}.sql").read_text(encoding="utf-8")


# Rows of the table


def province(server: Server, size: int, rounds: int) -> Row:
    start, _ = server.start_and_rolled(size)
    pair = compare(server, start, "province", floor_of_province, rounds=rounds)
    holds = pair.ratio <= 2.0 and pair.memory_mb <= MEMORY_MB
    row = _row("province mode: plan and run", size, pair, "≤ 2.0 × floor, ≤ 300 MB", holds)
    row.note = f"{pair.memory_mb} MB in the process"
    return row if holds else _explained(server, start, "province", row)


def hundred_schools(server: Server, rounds: int) -> Row:
    start, _ = server.start_and_rolled(HUNDRED)
    pair = compare(server, start, "schools", floor_of_schools, rounds=rounds)
    row = _row("100 schools of 1,000, single mode", SMALL, pair, "≤ 2.5 × floor", pair.ratio <= 2.5)
    row.note = f"{pair.seconds * 10:.0f} ms a school"
    return row if row.holds else _explained(server, start, "schools", row)


def roster(server: Server, rounds: int) -> Row:
    """One workbook of 50,000 pupils for one hundred schools: read, checked, planned, written."""
    base = server.base(HUNDRED)
    write_roster(base)
    but = ("audit_event", "intake_importrun", "intake_importrunevent", "intake_importrow")
    pair = compare(server, base, "roster", floor_of_roster, rounds=rounds, but=but)
    holds = pair.ratio <= 3.0 and pair.memory_mb <= ROSTER_MEMORY_MB
    row = _row("roster of 100 schools, read to written", PUPILS, pair, "≤ 3.0 × floor, ≤ 1,000 MB", holds)
    row.note = f"{pair.memory_mb} MB in the process"
    return row if holds else _explained(server, base, "roster", row)


def reports(server: Server, size: int, rounds: int) -> Row:
    """Freeze and all start-of-year forms of every school; the floor copies ready rows and groups once."""
    start = server.reports_start(size)
    pair = compare(
        server, start, "freeze", floor_of_reports, rounds=rounds, but=("audit_event", "reports_submissionevent")
    )
    row = _row("freeze and start-of-year forms, province", size, pair, "≤ 3.0 × floor", pair.ratio <= 3.0)
    row.note = f"{pair.memory_mb} MB in the process"
    return row if row.holds else _explained(server, start, "freeze", row)


def report_pages(server: Server, size: int) -> list[Row]:
    """A sent form and a cell's list of the province; board and sums of 1,600 reports."""
    return [_of_line(one, size) for one in form_lines(server, size)] + [
        _of_line(one, REPORTS) for one in board_lines(server)
    ]


def last_hour(server: Server, rounds: int) -> list[Row]:
    """1,600 reports sent over 32 connections, and the sums made of them; two turns of each say enough."""
    turns = min(rounds, 2)
    return [_of_line(one, REPORTS) for one in (storm_line(server, turns), summing_line(server, turns))]


def _of_line(one: Line, size: int) -> Row:
    ratio = one.seconds / one.floor_seconds
    return Row(one.name, size, one.seconds, one.floor_seconds, ratio, one.goal, one.holds, one.note)


def growth(server: Server, big: Row, rounds: int) -> Row:
    """Province mode at ten times the size; the smaller figures are the kept ones of this machine, else measured now."""
    kept = RESULTS / f"{SMALL}.json"
    rows = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else []
    known = next(((row["seconds"], row["floor_seconds"]) for row in rows if row["name"] == big.name), None)
    if known is None:
        measured = province(server, SMALL, rounds)
        known = measured.seconds, measured.floor_seconds
    small, small_floor = known
    ratio = big.seconds / small
    row = Row("growth 100,000 → 1,000,000, province mode", big.size, big.seconds, small, ratio, "≤ 11 ×", ratio <= 11)
    if big.floor_seconds and small_floor:
        row.note = f"the bare floor itself grows {big.floor_seconds / small_floor:.1f} ×"
    return row


def undo(server: Server, size: int, rounds: int) -> Row:
    _, rolled = server.start_and_rolled(size)
    pair = compare(server, rolled, "undo", floor_of_undo, rounds=rounds, but=("audit_event",))
    row = _row("undo of the province", size, pair, "≤ 2.0 × floor", pair.ratio <= 2.0)
    return row if row.holds else _explained(server, rolled, "undo", row)


def lists(server: Server, size: int) -> list[Row]:
    """Lists as the pages read them, under the web role; rows and counts were compared in every turn."""
    _, rolled = server.start_and_rolled(size)
    clone = server.clone(rolled)
    clone.measure("readers")
    with clone.owner() as connection:
        connection.execute("ANALYZE")
    found = []
    for told in clone.measure("lists", role="app"):
        pair = Pair(told["seconds"], told["floor_seconds"], 0)
        if told["scope"] == "province":
            name, goal, holds = "count of the province", "≤ 2.0 × floor", pair.ratio <= 2.0
        elif told["scope"] == "reach":
            name, goal = "count of all in reach", "≤ 1.6 × as owner or + 5 ms"
            holds = pair.ratio <= 1.6 or pair.seconds - pair.floor_seconds <= 0.005
        else:
            name, goal = f"pupils of a {told['scope']}", "≤ 1.6 × floor or + 5 ms"
            holds = pair.ratio <= 1.6 or pair.seconds - pair.floor_seconds <= 0.005
        row = _row(f"{name}, {_ROLES[told['role']]}", size, pair, goal, holds)
        ours, bare = told["processor"]
        row.note = f"{told['rows']:,} rows; on the processor {_time(ours)}, floor {_time(bare)}"
        found.append(row)
    server.drop("bench_work")
    return found


def pages(server: Server, size: int) -> list[Row]:
    """A school's list with search and filter as a browser gets it, and names searched over the province."""
    _, rolled = server.start_and_rolled(size)
    clone = server.clone(rolled)
    clone.measure("readers")
    with clone.owner() as connection:
        connection.execute("ANALYZE")
    session = clone.measure("session")
    listed = f"/truong/{session['school']}/hoc-sinh/?nam=2023&tim=thi&gioi-tinh=02"
    bare = clone.measure("bare")
    with serving_pages(clone) as site:
        # In turns, like every pair: what else the machine does then falls on both.
        times = [[site.seconds(path, session["cookie"]) for path in (listed, EMPTY_PAGE)] for _ in range(3)]
        rates = [[site.rate(path, session["cookie"]) for path in (listed, EMPTY_PAGE)] for _ in range(3)]
    seconds, empty = (statistics.median(side) for side in zip(*times, strict=True))
    rate, empty_rate = (statistics.median(side) for side in zip(*rates, strict=True))
    allowed = 3 * bare["seconds"] + empty
    found = [
        Row(
            "pupil list of a school, search and filter", size, seconds, allowed, seconds / allowed,
            "≤ 3 × SQL + empty page", seconds <= allowed,
            f"{bare['rows']:,} rows; SQL {bare['seconds'] * 1000:.1f} ms, empty page {empty * 1000:.1f} ms",
        ),
        Row(
            f"the same, {CONNECTIONS} connections", size, 1 / rate, 1 / empty_rate, empty_rate / rate,
            "≥ 40 % of empty page's/s", rate >= 0.4 * empty_rate,
            f"{rate:.0f} of {empty_rate:.0f} requests/s, {100 * rate / empty_rate:.0f} %",
        ),
    ]  # fmt: skip
    for told in clone.measure("names", role="app"):
        pair = Pair(told["seconds"], told["floor_seconds"], 0)
        holds = pair.ratio <= 2.0 or pair.seconds - pair.floor_seconds <= 0.005
        row = _row(f"province search “{told['typed']}”", size, pair, "≤ 2.0 × as owner or + 5 ms", holds)
        row.note = f"{told['rows']:,} rows counted"
        found.append(row)
    server.drop("bench_work")
    return found


def export(server: Server, size: int) -> Row:
    """A list with all its columns as a sheet: gate, purpose, log and file; every cell was compared with the floor's."""
    told = exports(server, size)
    pair = Pair(told["seconds"], told["floor_seconds"], 0)
    name = "whole list export, 2,000 pupils, all columns"
    row = _row(name, size, pair, "≤ 2.0 × SQL + XlsxWriter", pair.ratio <= 2.0)
    row.note = f"{told['rows']:,} rows of {told['columns']} columns"
    return row


def _row(name: str, size: int, pair: Pair, goal: str, holds: bool) -> Row:
    return Row(name, size, pair.seconds, pair.floor_seconds, pair.ratio, goal, holds)


def _explained(server: Server, source: Database, work: str, row: Row) -> Row:
    """Where the time of a missed goal went: the statements that took most of it."""
    told = server.clone(source).measure(work, "--profile")
    slow = "; ".join(f"{seconds:.2f} s {statement}" for statement, seconds in told["statements"][:4])
    row.note = f"{row.note}; slowest: {slow}".lstrip("; ")
    server.drop("bench_work")
    return row


# Output


def show(rows: list[Row]) -> None:
    print(f"\n{'What':<42} {'Pupils':>9} {'Product':>10} {'Floor':>10} {'Ratio':>6}  {'Goal':<25} Holds  Note")
    for row in rows:
        ratio = f"{row.ratio:.2f}" if row.ratio else ""
        print(
            f"{row.name:<42} {row.size:>9,} {_time(row.seconds):>10} {_time(row.floor_seconds):>10} {ratio:>6}  "
            f"{row.goal:<25} {'yes' if row.holds else 'NO':<5}  {row.note}"
        )


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def save(rows: list[Row], size: int, *, is_whole: bool) -> None:
    """The latest file holds the newest figure of every line; those of a whole run are kept for the growth."""
    RESULTS.mkdir(exist_ok=True)
    fresh = [
        {key: round(value, 5) if isinstance(value, float) else value for key, value in asdict(row).items()}
        for row in rows
    ]
    latest = RESULTS / "latest.json"
    before = json.loads(latest.read_text(encoding="utf-8")) if latest.exists() else []
    names = {(row["name"], row["size"]) for row in fresh}
    others = [row for row in before if (row["name"], row["size"]) not in names]
    kept = [(latest, others + fresh)] + ([(RESULTS / f"{size}.json", fresh)] if is_whole else [])
    for path, content in kept:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.run")
    parser.add_argument("--size", type=int, default=SMALL, help="pupils of the province")
    parser.add_argument("--rounds", type=int, help="turns of product and floor (default 5; 3 from 500,000 pupils)")
    parser.add_argument(
        "--only",
        choices=[
            *("province", "schools", "undo", "roster", "lists", "pages", "exports"),
            *("reports", "report-pages", "last-hour"),
        ],
        help="one part of the table",
    )
    parser.add_argument("--profile", action="store_true", help="with --only: the time of each statement, once")
    options = parser.parse_args()
    size, rounds = options.size, options.rounds or (3 if options.size >= 500_000 else 5)
    begin = dt.datetime.now(dt.UTC)
    with serving() as server:
        if options.profile:
            _profile(server, options.only, size)
            return
        rows: list[Row] = []
        if options.only in (None, "province"):
            rows.append(province(server, size, rounds))
            if size > SMALL:
                rows.append(growth(server, rows[0], rounds))
        if options.only in (None, "schools"):
            rows.append(hundred_schools(server, rounds))
        if options.only in (None, "undo"):
            rows.append(undo(server, size, rounds))
        if options.only in (None, "roster"):
            rows.append(roster(server, rounds))
        if options.only in (None, "reports"):
            rows.append(reports(server, size, rounds))
        if options.only in (None, "report-pages"):
            rows += report_pages(server, size)
        if options.only in (None, "last-hour"):
            rows += last_hour(server, rounds)
        if options.only in (None, "lists"):
            rows += lists(server, size)
        if options.only in (None, "pages"):
            rows += pages(server, size)
        if options.only in (None, "exports"):
            rows.append(export(server, size))
    show(rows)
    print(f"\n{(dt.datetime.now(dt.UTC) - begin).total_seconds():.0f} s in all")
    save(rows, size, is_whole=options.only is None)


def _profile(server: Server, work: str, size: int) -> None:
    if work == "roster":
        start = rolled = server.base(HUNDRED)
        write_roster(start)
    elif work == "reports":
        work, start = "freeze", server.reports_start(size)
        rolled = start
    else:
        start, rolled = server.start_and_rolled(HUNDRED if work == "schools" else size)
    told = server.clone(rolled if work == "undo" else start).measure(work, "--profile")
    print(f"{told['seconds']:.2f} s, {told['memory_mb']} MB")
    for statement, seconds in told["statements"]:
        print(f"{seconds:8.3f} s  {statement}")
    server.drop("bench_work")


if __name__ == "__main__":
    main()
