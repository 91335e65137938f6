"""Asking for a dossier, building it, opening it, dropping what has expired."""

import csv
import datetime as dt
import hashlib
import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.dossier.building import Built, Progress, write_dossier
from csdl.dossier.errors import DossierError
from csdl.dossier.models import Dossier
from csdl.dossier.registry import Period
from csdl.jobs.actions import enqueue
from csdl.lib import clock
from csdl.orgs.models import OrgUnit

__all__ = ["ask_dossier", "build_dossier", "drop_expired", "new_dossier", "open_dossier", "silent"]

_LONGEST = dt.timedelta(days=5 * 366)
_FIRST = dt.date(2000, 1, 1)


def silent(done: int, total: int, message: str) -> None:
    """For those who do not follow."""


@transaction.atomic
def new_dossier(*, actor: Actor, unit: OrgUnit, first: dt.date | None, last: dt.date | None) -> Dossier:
    """A dossier to be built.

    Errors:  NotAllowed; REC-01 no period, one that ends before it begins or after today, or longer than five years.
    """
    actor.require(Permission.DOSSIER_BUILD, on=unit)
    faults: dict[str, list[str]] = {}
    if first is None or first < _FIRST:
        faults["first"] = ["Hãy nhập ngày đầu kỳ, ví dụ 01/08/2024."]
    # The log keeps real time: in a demo its day is another than that of the business.
    if last is None or last > max(clock.today(), timezone.localdate()):
        faults["last"] = ["Hãy nhập ngày cuối kỳ, không sau hôm nay."]
    if first and last and not faults:
        if last < first:
            faults["last"] = ["Ngày cuối kỳ không được trước ngày đầu kỳ."]
        elif last - first > _LONGEST:
            faults["first"] = ["Một hồ sơ chứa nhiều nhất 5 năm. Hãy chia thành nhiều kỳ."]
    if faults:
        raise InvalidRecord(faults)
    assert first is not None
    assert last is not None
    drop_expired()
    row = Dossier.objects.create(
        unit=unit, first_on=first, last_on=last, asked_by=actor.label[:200], created_by=actor.account_id
    )
    _say(actor, "dossier:ask", row)
    return row


@transaction.atomic
def ask_dossier(*, actor: Actor, unit: OrgUnit, first: dt.date | None, last: dt.date | None) -> Dossier:
    """A dossier, to be built in the background; the page follows its job. Errors: as `new_dossier`."""
    from csdl.dossier.tasks import build  # the task module imports these actions

    row = new_dossier(actor=actor, unit=unit, first=first, last=last)
    title = f"Hồ sơ thanh tra {row.first_on:%d/%m/%Y}–{row.last_on:%d/%m/%Y}: {unit.name}"
    args = {"dossier_id": row.pk, "unit_id": unit.pk}
    row.job = enqueue(actor=actor, kind="dossier:build", title=title[:200], args=args, task=build)
    row.save(update_fields=["job"])
    return row


def build_dossier(*, actor: Actor, dossier: Dossier, progress: Progress = silent) -> Built:
    """Write the file of a dossier; built again it is written anew, and put into its place whole."""
    actor.require(Permission.DOSSIER_BUILD, on=dossier.unit_id)
    unit = OrgUnit.objects.select_related("parent").get(pk=dossier.unit_id)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = _path(dossier)
    part = target.with_suffix(f".{os.getpid()}.part")
    try:
        period = Period(dossier.first_on, dossier.last_on)
        built = write_dossier(part, unit=unit, period=period, today=clock.today(), progress=progress)
        part.chmod(0o600)
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        size = part.stat().st_size
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    with transaction.atomic():
        dossier.made_at = timezone.now()
        dossier.expires_on = clock.today() + dt.timedelta(days=_keep_days())
        dossier.content_sha256 = built.content_sha256
        dossier.file_sha256 = digest
        dossier.size_bytes = size
        dossier.counts = built.counts
        dossier.warnings = built.warnings
        dossier.save()
        _say(actor, "dossier:build", dossier, files=len(built.sums), content_sha256=built.content_sha256)
    return built


def open_dossier(*, actor: Actor, dossier: Dossier) -> Path:
    """The file of a dossier, hashed anew; logged.

    Errors:  NotAllowed; DOS-01 not made; DOS-02 its last day is over; DOS-03 it was changed or is gone.
    """
    actor.require(Permission.DOSSIER_READ, on=dossier.unit_id)
    if dossier.made_at is None or dossier.expires_on is None:
        raise DossierError("Hồ sơ chưa lập xong. Hãy đợi rồi mở lại.")
    if clock.today() > dossier.expires_on:
        raise DossierError(
            f"Hồ sơ đã hết hạn ngày {dossier.expires_on:%d/%m/%Y}. Hãy lập hồ sơ mới cho kỳ này.", code="DOS-02"
        )
    path = _path(dossier)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        digest = ""
    if digest != dossier.file_sha256:
        raise DossierError("Tệp hồ sơ đã bị thay đổi hoặc không còn. Hãy lập hồ sơ mới cho kỳ này.", code="DOS-03")
    _say(actor, "dossier:open", dossier)
    return path


def drop_expired() -> int:
    """Delete the files whose last day is over; the rows stay. How many files there were."""
    kept = {
        str(key): expires
        for key, expires in Dossier.objects.exclude(expires_on=None).values_list("public_id", "expires_on")
    }
    dropped = 0
    for path in _folder().glob("*.zip") if _folder().exists() else ():
        expires = kept.get(path.stem)
        if expires is not None and expires < clock.today():
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def _folder() -> Path:
    return Path(settings.DOSSIERS_DIR)


def _path(dossier: Dossier) -> Path:
    return _folder() / f"{dossier.public_id}.zip"


@cache
def _keep_days() -> int:
    text = files("csdl.dossier").joinpath("data/keeping.csv").read_text(encoding="utf-8")
    return next(int(row["days"]) for row in csv.DictReader(text.splitlines()) if row["what"] == "dossier")


def _say(actor: Actor, kind: str, dossier: Dossier, **more: Any) -> None:
    data = {
        "dossier": str(dossier.public_id),
        "first": f"{dossier.first_on:%d/%m/%Y}",
        "last": f"{dossier.last_on:%d/%m/%Y}",
    }
    record(actor=actor, kind=kind, unit_id=dossier.unit_id, data=data | more)
