"""What is measured of the product, each in a process of its own: `python -m bench.child WORK`; prints JSON.

Reading modules and opening the connection is not measured, the work is. `--profile` adds the time of each statement.
"""

import datetime as dt
import json
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402 - after settings, like the rest
from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Count, QuerySet  # noqa: E402
from django.db.models.sql import Query  # noqa: E402
from django.test import RequestFactory  # noqa: E402

from bench.export_child import take_out  # noqa: E402
from bench.readers import LEVEL, MIDDLING_SCHOOL, PLACED, READERS, SCHOOL_OF_LEVELS, YEAR, prepare_readers  # noqa: E402
from bench.report_child import (  # noqa: E402
    accept_and_add_up,
    add_up_province,
    last_hour,
    look_at_board,
    look_at_form,
    make_ready,
    send_everything,
)
from bench.roster import PUPILS, ROSTER  # noqa: E402
from bench.sessions import signed_in  # noqa: E402
from csdl.access.acting import acting, token_for  # noqa: E402
from csdl.access.actors import actor_for  # noqa: E402
from csdl.accounts.actor import Actor, SystemActor  # noqa: E402
from csdl.accounts.models import Account  # noqa: E402
from csdl.intake.actions import apply_run, plan_run, upload_file  # noqa: E402
from csdl.lib import clock  # noqa: E402
from csdl.orgs.models import OrgUnit  # noqa: E402
from csdl.portals.components.lists import COUNTED, listing  # noqa: E402
from csdl.reports.actions import freeze, open_usual_period  # noqa: E402
from csdl.reports.enums import FreezeMode  # noqa: E402
from csdl.reports.models import ReportPeriod  # noqa: E402
from csdl.rollover.actions import roll_over, undo_rollover  # noqa: E402
from csdl.rollover.enums import RunMode  # noqa: E402
from csdl.students.queries import matching  # noqa: E402
from csdl.years.models import Enrolment  # noqa: E402
from csdl.years.queries import first_pupils, found_pupils, pupils  # noqa: E402

OPERATOR = SystemActor("bench")
NAME_ORDER = ("student__sort_key", "student_id", "pk")  # of the authority's list
FLOORS = Path(__file__).parent / "floors"


def run_province() -> None:
    roll_over(actor=OPERATOR, from_year=YEAR, mode=RunMode.PROVINCE)


def run_schools() -> None:
    roll_over(actor=OPERATOR, from_year=YEAR, mode=RunMode.SINGLE)


def undo() -> None:
    undo_rollover(actor=OPERATOR, from_year=YEAR)


def open_reports() -> None:
    """The start-of-year period of the year that is full of pupils, on a day when it can be frozen."""
    clock.move_to(dt.datetime(YEAR, 10, 3, 9, tzinfo=clock.LOCAL_ZONE))
    open_usual_period(actor=OPERATOR, start_year=YEAR, kind="BOY")


def freeze_province() -> None:
    """Every start-of-year form of every school of the province, frozen, counted, checked, sealed."""
    freeze(actor=OPERATOR, period=ReportPeriod.objects.get(), mode=FreezeMode.PROVINCE)


def take_roster() -> None:
    """A roster of the whole department read, checked, planned and written, as `csdl import` does."""
    root = OrgUnit.objects.get(parent=None)
    run = upload_file(
        actor=OPERATOR, unit=root, kind="pupils", start_year=YEAR, file_name="roster.xlsx", content=ROSTER.read_bytes()
    )
    run = plan_run(actor=OPERATOR, run=run)
    if run.counts != {"pupils": {"created": PUPILS}}:
        raise SystemExit(f"roster: planned {run.counts} {run.message}")
    apply_run(actor=OPERATOR, run=run)


def read_lists(rounds: int = 60) -> list[dict[str, Any]]:
    """Each list under the web role with row security on, and its floor by the owner, turn by turn."""
    found = []
    with psycopg.connect(settings.DATABASE_NAMES.owner, prepare_threshold=None) as owner:
        places = _places(owner)
        connection.ensure_connection()
        spent = _processor_of(connection.connection.info, owner.info)
        for reader, scope in READERS:
            account = Account.objects.get(username=f"bench_{reader}")
            token = token_for(account)
            narrowed = places.get(scope, {})
            asked = {key: narrowed[key] for key in ("school_id", "class_id") if key in narrowed}
            pairs, processor = [], []
            with acting(token, account):
                rows = pupils(actor_for(account), start_year=YEAR, **asked)
                listed = rows.select_related("student").order_by("student__sort_key", "pk")[:50]
                statements = [(listed.query, _id_place(listed)), (_counting(rows), 0)]
                texts = [(*query.sql_with_params(), place) for query, place in statements]
            for _ in range(rounds + 5):
                before = spent()
                begin = time.perf_counter()
                with acting(token, account), connection.cursor() as cursor:
                    ids = _fetched(cursor, *texts[0]) if narrowed else []
                    (count,) = _fetched(cursor, *texts[1])
                middle = time.perf_counter()
                between = spent()
                bare_ids = _bare(owner, f"pupils_of_{scope}", narrowed, lambda row: row[0]) if narrowed else []
                if scope == "reach":
                    # The very statement of the product: what row security alone costs.
                    ((bare_count,),) = owner.execute(texts[1][0], texts[1][1]).fetchall()
                else:
                    (bare_count,) = _bare(owner, f"count_of_{scope}", narrowed, lambda row: row[0])
                owner.rollback()
                pairs.append((middle - begin, time.perf_counter() - middle))
                processor.append((between - before, spent() - between))
                if (ids, count) != (bare_ids, bare_count):
                    raise SystemExit(f"{reader}, {scope}: product and floor read different rows")
            product, floor = (statistics.median(side) for side in zip(*pairs[5:], strict=True))
            told = {"role": reader, "scope": scope, "seconds": product, "floor_seconds": floor, "rows": count}
            told["processor"] = [statistics.median(side) for side in zip(*processor[5:], strict=True)]
            found.append(told)
    return found


def _processor_of(*sessions: psycopg.ConnectionInfo) -> Callable[[], float]:
    """Seconds that this process and its database sessions have spent on a processor, to which other work on the machine
    adds nothing; this process alone where the server runs elsewhere or the system does not tell."""
    places = [Path(f"/proc/{one.backend_pid}/schedstat") for one in sessions if one.host.startswith("/")]
    known = [place for place in places if place.exists()]

    def spent() -> float:
        return time.thread_time() + sum(int(place.read_text().split()[0]) for place in known) / 1e9

    return spent


def sign_in_readers() -> dict[str, Any]:
    """A signed-in session of the clerk at the middling school, and that school: what a browser would carry."""
    account = Account.objects.get(username="bench_school_clerk")
    grant = account.grants.select_related("unit").get()
    return {
        "cookie": signed_in(account),
        "school": str(grant.unit.public_id),
        "school_id": grant.unit_id,
    }


def read_bare_list(rounds: int = 60) -> dict[str, Any]:
    """The statements of a school's list with search and filter, by the owner."""
    (school_id,) = Account.objects.get(username="bench_school_clerk").grants.values_list("unit_id", flat=True)
    statements = (FLOORS / "found_in_school.sql").read_text(encoding="utf-8").split("--;")
    times = []
    with psycopg.connect(settings.DATABASE_NAMES.owner, prepare_threshold=None) as owner:
        for _ in range(rounds + 5):
            begin = time.perf_counter()
            rows: list[list[Any]] = []
            for text in statements:
                shown = [row[0] for row in rows[0]] if rows else []
                rows.append(owner.execute(text, {"school_id": school_id, "shown": shown}).fetchall())
            times.append(time.perf_counter() - begin)
            owner.rollback()
    return {"seconds": statistics.median(times[5:]), "rows": rows[1][0][0]}


def read_names(rounds: int = 15) -> list[dict[str, Any]]:
    """Name search over the province as the department, under the web role; the same in plain SQL by the owner."""
    account = Account.objects.get(username="bench_department_admin")
    token = token_for(account)
    found = []
    with psycopg.connect(settings.DATABASE_NAMES.owner, prepare_threshold=None) as owner:
        for typed in _names_to_search(owner):
            with acting(token, account):
                actor = actor_for(account)
                asked = _statements_of(partial(_search, actor, typed))
                plain = pupils(actor, start_year=YEAR).filter(matching(typed, prefix="student__"))
                texts = _statements_of(partial(_read_names, plain))
            pairs = []
            for _ in range(rounds + 3):
                begin = time.perf_counter()
                with acting(token, account), connection.cursor() as cursor:
                    mine = [cursor.execute(*text).fetchall() for text in asked]
                middle = time.perf_counter()
                bare = [owner.execute(*text).fetchall() for text in texts]
                owner.rollback()
                pairs.append((middle - begin, time.perf_counter() - middle))
                shown, counted = ([row[0] for row in rows] for rows in bare)
                # The product counts by the keys of the first rows, and reads the page by the first of these.
                if [row[0] for row in mine[-1]] != shown or [len(mine[-2])] != counted:
                    raise SystemExit(f"{typed}: product and floor read different rows")
            product, floor = (statistics.median(side) for side in zip(*pairs[3:], strict=True))
            found.append({"typed": typed, "seconds": product, "floor_seconds": floor, "rows": len(mine[-2])})
    return found


def _search(actor: Actor, typed: str) -> None:
    """The list as the authority's page makes it."""
    rows, are_many = found_pupils(actor, start_year=YEAR, search=typed)

    def first(at_most: int) -> QuerySet[Enrolment]:
        found = first_pupils(actor, start_year=YEAR, search=typed, at_most=at_most)
        return found.filter(left_on__isnull=True)

    listing(
        RequestFactory().get("/"),
        rows.filter(left_on__isnull=True).select_related("student", "school_class", "school__unit"),
        sorts={"ten": NAME_ORDER},
        default="ten",
        counted=COUNTED,
        first=first if are_many else None,
    )


def _read_names(found: QuerySet[Enrolment]) -> None:
    """What the authority's list shows of them, in plain statements: the first page and the bounded count."""
    rows = found.filter(left_on__isnull=True)
    listed = rows.select_related("student", "school_class", "school__unit")
    list(listed.order_by(*NAME_ORDER)[:50])
    rows.order_by(*NAME_ORDER)[: COUNTED + 1].count()


def _statements_of(read: Callable[[], Any]) -> list[tuple[str, Any]]:
    """The statements that a read sends, in their order; those of the gate, which any page sends, left out."""
    sent = []

    def keep(execute, statement, params, many, context):  # type: ignore[no-untyped-def] # Django's own shape
        sent.append((statement, params))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(keep):
        read()
    gate = ("access_", "csdl_grant_holds", "years_scopeclass")
    return [one for one in sent if not any(name in one[0] for name in gate)]


def _names_to_search(owner: psycopg.Connection) -> list[str]:
    """A family name that a third bears, a common full name, its words turned round, and a name of few."""
    counted = owner.execute(
        "SELECT search_key, count(*) FROM students_student WHERE search_key LIKE 'nguyen thi %'"
        " GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    common, rare = counted[0][0], counted[-1][0]
    owner.rollback()
    turned = " ".join(reversed(common.split()))
    return ["nguyen", "nguyen thi", common, turned, rare]


def _id_place(listed: QuerySet[Enrolment]) -> int:
    """Where the enrolment's id stands among the columns of the list."""
    compiler = listed.query.get_compiler(connection=connection)
    compiler.setup_query()
    return [column.target.column for column, *_ in compiler.select].index("id")


def _counting(rows: QuerySet[Enrolment]) -> Query:
    """The query that `rows.count()` runs."""
    query = rows.query.clone()
    query.add_annotation(Count("*"), alias="n", select=True)
    query.clear_ordering(force=True)
    query.set_values(["n"])
    query.group_by = None
    return query


def _fetched(cursor: Any, text: str, params: Any, place: int) -> list[Any]:
    cursor.execute(text, params)
    return [row[place] for row in cursor.fetchall()]


def _places(owner: psycopg.Connection) -> dict[str, dict[str, Any]]:
    """What each kind of list is narrowed to; by the owner, because few readers may read others' grants."""
    teacher = Account.objects.get(username="bench_homeroom_teacher")
    whose_class = "SELECT class_id FROM years_scopeclass WHERE account_id = %(teacher)s"
    class_id, school_id, mixed_id = (
        owner.execute(text, {**PLACED, "teacher": teacher.pk}).fetchall()[0][0]
        for text in (whose_class, MIDDLING_SCHOOL, SCHOOL_OF_LEVELS)
    )
    owner.rollback()
    return {
        "class": {"school_id": school_id, "class_id": class_id},
        "school": {"school_id": school_id},
        "level": {"school_id": mixed_id, "levels": list(LEVEL)},
    }


def _bare(owner: psycopg.Connection, name: str, params: dict[str, Any], take: Callable[[Any], Any]) -> list[Any]:
    text = (FLOORS / f"{name}.sql").read_text(encoding="utf-8")
    return [take(row) for row in owner.execute(text, params).fetchall()]


def _measured(work: Callable[[], None], profile: bool) -> dict[str, Any]:
    times: dict[str, float] = defaultdict(float)

    def timing(execute, statement, params, many, context):  # type: ignore[no-untyped-def] # Django's own shape
        begin = time.perf_counter()
        try:
            return execute(statement, params, many, context)
        finally:
            times[" ".join(str(statement).split())[:70]] += time.perf_counter() - begin

    connection.ensure_connection()
    begin = time.perf_counter()
    if profile:
        with connection.execute_wrapper(timing):
            work()
    else:
        work()
    seconds = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    slowest = sorted(times.items(), key=lambda item: -item[1])[:12]
    return {"seconds": seconds, "memory_mb": round(memory), "statements": slowest}


def main() -> None:
    work, *options = sys.argv[1:]
    works = {"province": run_province, "schools": run_schools, "undo": undo, "roster": take_roster}
    works |= {"freeze": freeze_province, "add_up_province": add_up_province}
    steps = {
        "open_period": open_reports,
        "readers": prepare_readers,
        "ready_reports": make_ready,
        "sent_reports": send_everything,
        "summed_reports": accept_and_add_up,
    }
    if work in works:
        print(json.dumps(_measured(works[work], "--profile" in options)))
    elif work in steps:
        with transaction.atomic():
            steps[work]()
        print("{}")
    else:
        reads: dict[str, Callable[[], Any]] = {
            "lists": read_lists,
            "session": sign_in_readers,
            "bare": read_bare_list,
            "names": read_names,
            "exports": take_out,
            "last_hour": last_hour,
            "board": look_at_board,
            "form": look_at_form,
        }
        print(json.dumps(reads[work]()))


if __name__ == "__main__":
    main()
