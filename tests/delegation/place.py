"""A school whose people have accounts: head, clerk, two homeroom teachers; its office; a neighbour."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.uploadedfile import SimpleUploadedFile

from csdl.access.actors import GrantActor, actor_for
from csdl.access.models import Grant
from csdl.accounts.models import Account
from csdl.delegation.actions import Pages, Wanted, confirm_papers, follow_heads, prepare_papers, sign_scanned
from csdl.delegation.models import Batch, Commitment, Minutes
from csdl.lib import clock
from csdl.orgs.models import OrgUnit, School
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.years.models import SchoolClass
from tests import builders as b
from tests.documents import files

TODAY = dt.date(2024, 9, 5)


@contextmanager
def on(day: dt.date, hour: int = 9, minute: int = 0, second: int = 0) -> Iterator[None]:
    """Business stands at that instant, in Python and in the database."""
    instant = dt.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=clock.LOCAL_ZONE)
    clock.move_to(instant)
    try:
        with clock.reading(instant):
            yield
    finally:
        clock.move_to(None)


def person(where: OrgUnit, name: str, username: str, *, position: str = "", group: str = "03") -> StaffMember:
    account = Account.objects.create_user(username=username, password="mat-khau-thu", full_name=name)
    made = StaffMember.objects.create(
        full_name=name, account=account, citizen_id_no="031204001845" if username == "lan" else "", phone="0912345678",
        birth_date=dt.date(1985, 3, 8),
    )  # fmt: skip
    StaffPosting.objects.create(
        staff=made, unit=where, valid_from=dt.date(2020, 8, 1), staff_group_code=group, position_code=position
    )
    return made


def heads(where: OrgUnit, who: StaffMember) -> UnitHead:
    made = UnitHead.objects.create(
        unit=where, staff=who, valid_from=dt.date(2021, 8, 1), decision_no="12/QĐ", decided_on=dt.date(2021, 7, 20)
    )
    follow_heads(b.SYSTEM, [where.pk])
    return made


class Place:
    """Make it inside `on(...)`: rights are given from that day on."""

    def __init__(self) -> None:
        self.office = b.office()
        self.school = b.school(parent=self.office, years=(2023, 2024, 2025))
        self.neighbour = b.school("Trường THCS Kế Bên", parent=self.office, years=(2023, 2024))
        b.school_year(2024, current=True)
        self.unit = self.school.unit
        self.head = person(self.unit, "Phạm Hồng Hạnh", "hanh", position="01", group="01")
        self.clerk = person(self.unit, "Lê Minh Ngọc", "ngoc", position="16", group="02")
        self.lan = person(self.unit, "Nguyễn Thị Lan", "lan")
        self.mai = person(self.unit, "Trần Thị Mai", "mai")
        self.stranger = person(self.neighbour.unit, "Hoàng Văn Láng", "lang")
        self.class_a, self.class_b = (b.school_class(self.school, name, "07", year=2024) for name in ("7A", "7B"))
        self.other_class = b.school_class(self.neighbour, "7C", "07", year=2024)
        for one, name in ((self.class_a, "Em lớp A"), (self.class_b, "Em lớp B"), (self.other_class, "Em láng giềng")):
            b.pupil(one, None, name=name)
        self.appointment = heads(self.unit, self.head)
        self.chief = person(self.office, "Đỗ Hải Yến", "yen", position="07", group="08")
        heads(self.office, self.chief)

    def actor(self, who: StaffMember) -> GrantActor:
        return actor_for(Account.objects.get(pk=who.account_id))

    def homeroom(self, who: StaffMember, *classes: SchoolClass, first: dt.date = TODAY) -> Wanted:
        """The right of whoever leads these classes; where nobody does, that person is said to."""
        for one in classes:
            if not one.homerooms.exists():
                b.homeroom(who, one)
        return Wanted(
            who.account_id, "homeroom_teacher", first, dt.date(2025, 9, 1), class_ids=tuple(one.pk for one in classes)
        )

    def prepare(self, *wanted: Wanted, actor: GrantActor | None = None, unit: OrgUnit | None = None) -> Batch:
        return prepare_papers(
            actor=actor or self.actor(self.head), unit=unit or self.unit, wanted=wanted, title="Phân quyền"
        )

    def signed(self, *wanted: Wanted, unit: OrgUnit | None = None, actor: GrantActor | None = None) -> list[Grant]:
        """Prepared and signed on paper."""
        return self.sign(self.prepare(*wanted, unit=unit, actor=actor), actor=actor)

    def sign(self, batch: Batch, *, actor: GrantActor | None = None) -> list[Grant]:
        papers = papers_of(batch)
        return sign_scanned(
            actor=actor or self.actor(self.head),
            unit=batch.unit,
            papers={paper: Pages(place, place) for place, paper in enumerate(papers, 1)},
            upload=upload(files.pdf(len(papers), marker=str(batch.pk))),
            signed_on=clock.today(),
            batch=batch,
        )


def papers_of(batch: Batch) -> list[Minutes | Commitment]:
    return [*Minutes.objects.filter(batch=batch).order_by("pk"), *Commitment.objects.filter(batch=batch).order_by("pk")]


def upload(content: bytes, name: str = "ban-quet.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def confirm(actor: GrantActor, *papers: Minutes | Commitment) -> list[Grant]:
    return confirm_papers(
        actor=actor,
        minutes=[one for one in papers if isinstance(one, Minutes)],
        commitments=[one for one in papers if isinstance(one, Commitment)],
        ip="10.0.0.1",
    )


__all__ = [
    "TODAY",
    "Place",
    "School",
    "confirm",
    "heads",
    "on",
    "papers_of",
    "person",
    "upload",
]
