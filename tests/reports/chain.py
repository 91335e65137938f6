"""Schools of one office with their people, and the steps that a report goes, for the tests of the chain."""

import datetime as dt
from dataclasses import dataclass, field

from csdl.access.actors import GrantActor, actor_for
from csdl.lib import clock
from csdl.orgs.models import OrgUnit, School
from csdl.reports.actions import explain_check, freeze, send_report, sign_report
from csdl.reports.models import ReportPeriod, Submission
from csdl.reports.queries import failures
from tests import builders as b
from tests.reports.builders import primary

__all__ = ["DUE", "Chain", "at", "build_chain", "prepared", "sent"]

DUE = dt.datetime(2024, 10, 7, 17, tzinfo=clock.LOCAL_ZONE)


@dataclass
class Chain:
    """An office with three schools, a school right under the department, another office's; and who works there."""

    period: ReportPeriod
    office: OrgUnit
    schools: list[School]
    direct: School
    far: School
    actors: dict[str, GrantActor] = field(default_factory=dict)

    def clerk(self, place: int = 0) -> GrantActor:
        return self.actors[f"clerk{place}"]

    def head(self, place: int = 0) -> GrantActor:
        return self.actors[f"head{place}"]

    def report(self, where: School) -> Submission:
        return Submission.objects.get(period=self.period, unit=where.unit)


def build_chain(period: ReportPeriod, *, schools: int = 3) -> Chain:
    """Write it all; nothing is frozen yet."""
    office, far_office = b.office("Phòng GDĐT Lê Chân"), b.office("Phòng GDĐT Ngô Quyền")
    made = Chain(
        period,
        office,
        [primary(f"Trường Tiểu học {place}", parent=office)[0] for place in range(schools)],
        primary("Trường Tiểu học trực thuộc", parent=b.department())[0],
        primary("Trường Tiểu học xa", parent=far_office)[0],
    )
    for place, where in enumerate([*made.schools, made.direct, made.far]):
        for role in ("clerk", "head"):
            account = b.account(f"{role}{place}", f"school_{role}", where.unit)
            made.actors[f"{role}{place}"] = actor_for(account)
    made.actors["office"] = actor_for(b.account("phong", "office_head", office))
    made.actors["far office"] = actor_for(b.account("phong2", "office_head", far_office))
    made.actors["department"] = actor_for(b.account("so", "department_admin", b.department()))
    return made


def prepared(chain: Chain, place: int = 0) -> Submission:
    """Frozen by the clerk, what is wrong explained, signed by the head: ready to send."""
    where = [*chain.schools, chain.direct, chain.far][place]
    freeze(actor=chain.clerk(place), period=chain.period, unit=where.unit)
    report = chain.report(where)
    assert report.snapshot is not None
    for form_code, check_code, code in {one.key for one in failures(report.snapshot)}:
        row = {"form_code": form_code, "check_code": check_code, "indicator_code": code}
        explain_check(actor=chain.clerk(place), report=report, text="Đã đối chiếu sổ", **row)
    sign_report(actor=chain.head(place), report=report, version=report.snapshot.version)
    return report


def sent(chain: Chain, place: int = 0) -> Submission:
    """Prepared and sent by the head."""
    return send_report(actor=chain.head(place), report=prepared(chain, place))


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 7, month: int = 10) -> dt.datetime:
    """An instant of October 2024, local."""
    return dt.datetime(2024, month, day, hour, minute, second, tzinfo=clock.LOCAL_ZONE)
