"""A log that is tampered with by whoever has all rights to its tables."""

import re
from typing import Any

from django.db import connection

from csdl.audit.verify import Verified, verify_log
from csdl.orgs.enums import UnitKind
from tests import builders as b

__all__ = ["FIRST", "LAST", "Log"]

# Days on which the sealer makes no root by itself.
FIRST, LAST = "2100-01-01", "2100-01-02"


class Log:
    """Two units and events of no unit, four each, sealed, with the roots of two days.

    `{hai}` in a statement means the event "hai" of the first unit, `{e.hai}` of alias e; `{unit}`, `{other}` are keys.
    """

    def __init__(self) -> None:
        top = b.department()
        self.unit, self.other = (b.unit(f"Đơn vị {n}", UnitKind.DISTRICT_OFFICE, top, f"T{n}").pk for n in (7, 8))
        self.run("DELETE FROM audit_event")
        for day, labels in ((FIRST, ("một", "hai")), (LAST, ("ba", "bốn"))):
            for unit in (self.unit, self.other, None):
                for label in labels:
                    self.run(
                        "INSERT INTO audit_event (actor_label, kind, data, unit_id) VALUES (%s, 'year:open', '{}', %s)",
                        [label, unit],
                    )
            self.run("SELECT csdl_seal_events()")
            self.run("SELECT csdl_make_log_root(%s)", [day])

    def run(self, statement: str, params: list[Any] | None = None) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def tamper(self, statements: str) -> None:
        def named(hit: re.Match[str]) -> str:
            keys = {"unit": str(self.unit), "other": str(self.other)}
            alias = hit[1] or ""
            return keys.get(hit[2], f"({alias}unit_id = {self.unit} AND {alias}actor_label = '{hit[2]}')")

        for one in statements.split(";"):
            self.run(re.sub(r"\{(e\.)?(\w+)\}", named, one))

    def reseal(self) -> None:
        """What a forger does: the unit's chain and its head over again."""
        self.tamper(
            "UPDATE audit_event SET sealed_no = NULL, sealed_hash = NULL WHERE unit_id = {unit};"
            "DELETE FROM audit_chainhead WHERE chain = {unit}; SELECT csdl_seal_events()"
        )

    def reroot(self) -> None:
        """… and every root over again, from the heads that stand now."""
        self.tamper("DELETE FROM audit_roothead; DELETE FROM audit_logroot")
        for day in (FIRST, LAST):
            self.run("SELECT csdl_make_log_root(%s)", [day])

    def printed(self) -> list[str]:
        return [row[0] for row in self.run("SELECT encode(root_hash, 'hex') FROM audit_logroot ORDER BY day")]

    def faults(self, **narrowed: Any) -> list[tuple[str, str | None, str | None, int | None]]:
        """What was found: (what, unit, label of the event, number)."""
        labels = dict(self.run("SELECT id, actor_label FROM audit_event"))
        units = {self.unit: "7", self.other: "8", None: None}
        found: Verified = verify_log(**narrowed)
        return [(str(one.what), units[one.unit_id], labels.get(one.event_id), one.sealed_no) for one in found.faults]
