"""The lines of the periodic reports: a sent form and a cell's list, the department's board and sums, the last hour.

Board, sums and last hour are taken in a province of 1,600 small schools (`many_schools.sql`), whatever the size of the
others: they grow with the reports, not with the pupils.
"""

import statistics
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.databases import Database, Server, digest
from bench.pages import Answer, Request, Site, serving_pages

__all__ = ["REPORTS", "Line", "board_lines", "form_lines", "reports_ready", "storm_line", "summing_line"]

HERE = Path(__file__).parent
FLOORS = HERE / "floors"
MANY = "many_schools"
REPORTS = 1_600
CONNECTIONS = 32
EMPTY_PAGE = "/tim-kiem/"


@dataclass(frozen=True)
class Line:
    """What a line of the table needs: seconds, what the floor allows or takes, the goal, whether it holds."""

    name: str
    seconds: float
    floor_seconds: float
    goal: str
    holds: bool
    note: str


# Data


def reports_ready(server: Server) -> Database:
    """1,600 reports, frozen and signed, each with the clerk who may send it."""
    return server.kept(f"bench_{MANY}_ready", _mark(), server.empty, _make_ready)


def reports_summed(server: Server) -> Database:
    """The same sent, accepted, added up by fifteen offices and accepted; the department's own sums are to be made."""
    return server.kept(f"bench_{MANY}_summed", _mark(), lambda: reports_ready(server), _make_summed)


def _mark() -> str:
    return digest(
        "csdl/codes", "csdl/*/migrations", "csdl/wall/prepare.py", "csdl/reports", "bench/many_schools.sql",
        "bench/report_child.py",
    )  # fmt: skip


def _make_ready(made: Database) -> None:
    made.csdl("year", "open", "2023")
    with made.owner() as connection:
        with connection.transaction():
            connection.execute((HERE / f"{MANY}.sql").read_text(encoding="utf-8"))  # type: ignore[arg-type] # a file of ours
        connection.execute("ANALYZE")
    made.measure("ready_reports")


def _make_summed(made: Database) -> None:
    made.measure("sent_reports")
    made.measure("summed_reports")


# Pages


def form_lines(server: Server, size: int) -> list[Line]:
    """A sent form's largest section and the list behind the cell that counts all its pupils, as the office reads."""
    clone = server.clone(server.reports_start(size))
    told = clone.measure("form")
    _analyze(clone)
    with serving_pages(clone) as site:
        found = [
            _page(clone, site, told["cookie"], name, told[key], f"report_{key}", told["params"])
            for name, key in (("a sent form, its largest section", "form"), ("a cell's list of pupils", "cell"))
        ]
        if f"Được đếm: {_said(told['pupils'])}" not in site.text(told["cell"], told["cookie"]):
            raise SystemExit(f"the cell's list does not count {told['pupils']} pupils")
    server.drop(clone.name)
    return found


def board_lines(server: Server) -> list[Line]:
    """The department's board of 1,600 reports; the list of all sums; the largest sum with its parts."""
    clone = server.clone(reports_summed(server))
    clone.measure("add_up_province")
    told = clone.measure("board")
    _analyze(clone)
    names = (
        ("board of 1,600 reports, department", "board"),
        ("list of consolidations, 1,600 reports", "list"),
        ("a consolidation of 700 reports", "sum"),
        ("the same added up again, beside its page", "recount"),
    )
    with serving_pages(clone) as site:
        found = [
            _page(clone, site, told["cookie"], name, told[key], f"report_{key}", told, is_part=key == "recount")
            for name, key in names
        ]
        if _said(REPORTS) not in site.text(told["board"], told["cookie"]):
            raise SystemExit("the board does not count 1,600 reports")
    server.drop(clone.name)
    return found


def _page(
    clone: Database,
    site: Site,
    cookie: str,
    name: str,
    path: str,
    floor: str,
    params: dict[str, Any],
    *,
    is_part: bool = False,
) -> Line:
    # In turns, like every pair: what else the machine does then falls on both. Unmeasured until every thread of the
    # worker that answers has prepared its statements.
    turns = []
    for _ in range(3):
        bare, rows = _bare(clone, floor, params)
        asked = ((path, is_part), (EMPTY_PAGE, False))
        times = (site.seconds(one, cookie, rounds=20, unmeasured=24, is_part=part) for one, part in asked)
        turns.append((*times, bare))
    seconds, empty, bare = (statistics.median(side) for side in zip(*turns, strict=True))
    allowed = 3 * bare + empty
    note = f"{rows:,} rows; SQL {bare * 1000:.1f} ms, empty page {empty * 1000:.1f} ms"
    return Line(name, seconds, allowed, "≤ 3 × SQL + empty page", seconds <= allowed, note)


def _bare(clone: Database, floor: str, params: dict[str, Any], rounds: int = 10) -> tuple[float, int]:
    """Median time of the statements of a floor by the owner, and how many rows they answer together."""
    statements = (FLOORS / f"{floor}.sql").read_text(encoding="utf-8").split("--;")
    times = []
    with psycopg.connect(clone.url("owner"), prepare_threshold=None) as owner:
        for _ in range(rounds + 2):
            begin = time.perf_counter()
            rows = [owner.execute(text, params).fetchall() for text in statements]  # type: ignore[arg-type] # files of ours
            times.append(time.perf_counter() - begin)
            owner.rollback()
    return statistics.median(times[2:]), sum(len(one) for one in rows)


def _analyze(clone: Database) -> None:
    with clone.owner() as connection:
        connection.execute("ANALYZE")


def _said(number: int) -> str:
    return f"{number:,}".replace(",", ".")


# Making the department's sums


def summing_line(server: Server, rounds: int) -> Line:
    """The department adds up 1,600 reports of four levels; the floor sums and keeps the same rows and parts."""
    source = reports_summed(server)
    times: list[tuple[float, float]] = []
    counts: list[dict[str, int]] = []
    for _ in range(rounds):
        clone = server.clone(source)
        _analyze(clone)
        product = clone.measure("add_up_province")["seconds"]
        counts.append(clone.counts())
        clone = server.clone(source)
        _analyze(clone)
        begin = time.perf_counter()
        with clone.owner() as connection:
            connection.execute((FLOORS / "report_summing.sql").read_text(encoding="utf-8"))  # type: ignore[arg-type] # ours
        times.append((product, time.perf_counter() - begin))
        _must_agree(counts[-1], clone.counts(), "consolidation", ("audit_event",))
    server.drop(clone.name)
    product, floor = (statistics.median(side) for side in zip(*times, strict=True))
    name = "four sums of 1,600 reports made"
    return Line(name, product, floor, "≤ 3.0 × floor", product <= 3 * floor, "each re-added from its parts")


def _must_agree(product: dict[str, int], floor: dict[str, int], work: str, but: tuple[str, ...]) -> None:
    differing = {name: (n, floor.get(name)) for name, n in product.items() if n != floor.get(name) and name not in but}
    if differing:
        raise SystemExit(f"{work}: product and floor wrote different numbers of rows: {differing}")


# The last hour


def storm_line(server: Server, rounds: int) -> Line:
    """1,600 clerks press "send" over 32 connections: each recorded once, in the order of the presses, without an error.

    The floor is what one sending would take if it were an empty page and the bare transaction that writes its rows,
    each as fast as 32 connections get them.
    """
    source = reports_ready(server)
    figures = []
    for turn in range(rounds):
        clone = server.clone(source)
        clerks = clone.measure("last_hour")
        with serving_pages(clone) as site:
            _warm(site, clerks)
            empty = _rate(site.together([_get(one) for one in clerks], connections=CONNECTIONS), 200)
            answers = site.together([_send(one) for one in clerks], connections=CONNECTIONS)
            rate = _rate(answers, 302)
        _check(clone, clerks, answers)
        counts = clone.counts()
        clone = server.clone(source)
        bare_clerks = clone.measure("last_hour")
        bare = _bare_sendings(clone, bare_clerks)
        _must_agree(counts, clone.counts(), "sending", ("django_session",))
        figures.append((1 / rate, 1 / empty + 1 / bare, empty, bare))
        told = f"sending, turn {turn + 1} of {rounds}: {rate:.1f}/s, empty page {empty:.1f}/s, SQL {bare:.0f}/s"
        print(told, file=sys.stderr, flush=True)
    server.drop(clone.name)
    seconds, floor, empty, bare = (statistics.median(side) for side in zip(*figures, strict=True))
    return Line(
        f"last hour, {CONNECTIONS} connections, each sending",
        seconds,
        floor,
        "≥ 50 % of SQL's + empty page's/s",
        floor >= 0.5 * seconds,
        f"{1 / seconds:.0f} sendings/s, {100 * floor / seconds:.0f} %; {REPORTS:,} sent once, in order;"
        f" alone: empty page {empty:.0f}/s, SQL {bare:.0f}/s",
    )


def _get(clerk: dict[str, Any]) -> Request:
    return Request("GET", EMPTY_PAGE, {"Cookie": clerk["cookie"]})


def _send(clerk: dict[str, Any]) -> Request:
    headers = {"Cookie": clerk["cookie"], "X-CSRFToken": clerk["csrf"], "Content-Length": "0"}
    return Request("POST", clerk["path"], headers)


def _warm(site: Site, clerks: list[dict[str, Any]]) -> None:
    """Every worker has read its modules before anything is counted."""
    site.together([_get(one) for one in clerks[:64]], connections=CONNECTIONS)


def _rate(answers: list[Answer], status: int) -> float:
    wrong = [one for one in answers if one.status != status]
    if wrong:
        raise SystemExit(
            f"{len(wrong)} of {len(answers)} answers are no {status}: {wrong[0].status} {wrong[0].text[:300]}"
        )
    return len(answers) / (max(one.answered for one in answers) - min(one.pressed for one in answers))


def _check(clone: Database, clerks: list[dict[str, Any]], answers: list[Answer]) -> None:
    """Each report sent once, in time, with its event in the log; whoever was answered before another pressed stands
    before it, by the instant that counts and by the number of the row."""
    with clone.owner() as connection:
        rows = connection.execute(
            "SELECT submission_id, id, moved_at, late_minutes FROM reports_statemove WHERE name = 'send'"
        ).fetchall()
        ((sent,),) = connection.execute(
            "SELECT count(*) FROM reports_submission WHERE state = 'submitted' AND sent_at IS NOT NULL"
        ).fetchall()
        ((said,),) = connection.execute("SELECT count(DISTINCT unit_id) FROM audit_event WHERE kind = 'report:send'")
    known = {report: (moved_at, number) for report, number, moved_at, _ in rows}
    if not len(rows) == len(known) == sent == said == len(clerks) or any(late is not None for *_, late in rows):
        raise SystemExit(f"{len(clerks)} sendings: {len(rows)} moves, {sent} reports sent, {said} in the log")
    pressed = sorted(zip(answers, clerks, strict=True), key=lambda one: one[0].pressed)
    answered = sorted(zip(answers, clerks, strict=True), key=lambda one: one[0].answered)
    done, newest = 0, None
    for answer, clerk in pressed:
        while answered[done][0].answered < answer.pressed:
            mark = known[answered[done][1]["report"]]
            newest = mark if newest is None else (max(newest[0], mark[0]), max(newest[1], mark[1]))
            done += 1
        mine = known[clerk["report"]]
        if newest is not None and (mine[0] <= newest[0] or mine[1] <= newest[1]):
            raise SystemExit(f"{clerk['path']}: recorded before a sending that was answered before it was pressed")


def _bare_sendings(clone: Database, clerks: list[dict[str, Any]]) -> float:
    """Sendings a second of 32 connections that write the very rows, one transaction each."""
    statements = (FLOORS / "report_sending.sql").read_text(encoding="utf-8").split("--;")
    waiting, taking = iter(clerks), threading.Lock()
    failed: list[Exception] = []

    def send(connection: psycopg.Connection) -> None:
        try:
            while True:
                with taking:
                    clerk = next(waiting, None)
                if clerk is None:
                    return
                with connection.transaction():
                    for text in statements:
                        connection.execute(text, clerk)  # type: ignore[arg-type] # a file of ours
        except psycopg.Error as error:
            failed.append(error)

    connections = [psycopg.connect(clone.url("owner"), autocommit=True) for _ in range(CONNECTIONS)]
    senders = [threading.Thread(target=send, args=(one,)) for one in connections]
    begin = time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    seconds = time.perf_counter() - begin
    for one in connections:
        one.close()
    if failed:
        raise SystemExit(f"bare sending: {failed[0]}")
    return len(clerks) / seconds
