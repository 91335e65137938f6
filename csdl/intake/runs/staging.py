"""Staging: typed rows of a file go into the transaction's own tables by COPY, each with its school and its faults."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from csdl.intake.problems import ProblemKind
from csdl.intake.runs.noun import Finding, Noun
from csdl.intake.runs.nouns import NOUNS
from csdl.intake.sheets.specs import Table, TableRow
from csdl.lib import sql
from csdl.lib.vietnamese import fold

__all__ = ["MODULE", "Progress", "School", "make_stage", "noun_order", "silent", "stage_tables"]

MODULE = "csdl.intake"
_VERSION = re.compile(r"[0-9]{1,18}(-[0-9]{1,18}){0,2}")
_STAGED = "seq, noun, sheet, row_no, label, name_key, class_key, school_id, said, as_found"
_ROWS = f"COPY intake_stage ({_STAGED}) FROM STDIN"
_FOUND = "COPY intake_found (seq, column_name, value, code, message, effect, proposal) FROM STDIN"
_OUT_OF_REACH = (
    "Mã trường này không có trong năm học hoặc ngoài phạm vi được nhập. Hãy kiểm tra lại mã trường, đơn vị và năm học."
)


class Progress(Protocol):
    """Told how far the work is; may raise to stop it."""

    def __call__(self, done: int, total: int, message: str = "") -> None: ...


def silent(done: int, total: int, message: str = "") -> None:
    return None


type School = int


def make_stage() -> None:
    sql.execute(MODULE, "01_make_stage")


def stage_tables(tables: Sequence[Table], *, schools: Mapping[str, School], only: School | None) -> None:
    """Put the rows of all tables into the stage, in order, and what reading and judging them found.

    Shapes:  `schools` school code -> key of the schools that may be written; `only` where rows name no school.
    """
    found: list[tuple[int, TableRow, list[Finding]]] = []
    # Judges read the day and code lists, which a session in the middle of a COPY cannot.
    judges = {table.spec.noun: NOUNS[table.spec.noun].judge() for table in tables}
    key, encode = cache(fold), json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    with connection.cursor() as cursor:
        with cursor.copy(_ROWS) as copy:
            seq = 0
            for table in tables:
                noun = NOUNS[table.spec.noun]
                judge = judges[noun.name]
                for row in table.rows:
                    seq += 1
                    values = row.values
                    school = _school(values, schools, only)
                    label = str(values.get(noun.label) or "")
                    class_key = key(values.get(noun.class_key) or "") if noun.class_key else ""
                    findings = judge(values)
                    void = {one.column for one in findings if one.effect == "void"}
                    heard = {name: value for name, value in values.items() if name not in void} if void else values
                    said = encode(_said(heard))
                    as_found = encode(row.as_found) if row.as_found else None
                    copy.write_row(
                        (seq, noun.name, table.sheet, row.number, label, key(label), class_key, school, said, as_found)
                    )
                    if school is None:
                        findings.append(
                            Finding("school_code", ProblemKind.SCHOOL_OUT_OF_REACH, _OUT_OF_REACH, "reject")
                        )
                    if findings or row.problems:
                        found.append((seq, row, findings))
        with cursor.copy(_FOUND) as copy:
            for seq, row, findings in found:
                for problem in row.problems:
                    effect = "reject" if problem.code.rejects else "warn"
                    copy.write_row(
                        (
                            seq,
                            problem.column,
                            problem.value,
                            problem.code.value,
                            problem.message,
                            effect,
                            _text(problem.proposal),
                        )
                    )
                for one in findings:
                    value = row.values.get(one.column, "")
                    effect = "leave" if one.effect == "void" else one.effect
                    copy.write_row((seq, one.column, str(value), one.kind.value, one.message, effect, ""))
        cursor.execute("ANALYZE intake_stage, intake_found")


def _school(values: Mapping[str, Any], schools: Mapping[str, School], only: School | None) -> School | None:
    code = values.get("school_code")
    return schools.get(code) if code else only


def _said(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values, the record spelt one way, without a record or version that is none."""
    record, version = values.get("record"), values.get("version")
    if record is None and version is None:
        return values
    said = dict(values)
    if record is not None:
        known = _key(str(record))
        if known:
            said["record"] = known
        else:
            del said["record"]
    if version is not None and not _VERSION.fullmatch(str(version)):
        del said["version"]
    return said


def _key(text: str) -> str:
    """A record's key in the one spelling that PostgreSQL reads; empty where the text is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def noun_order(names: Iterable[str]) -> list[Noun]:
    """The nouns of these names, in the order of writing."""
    wanted = set(names)
    return [noun for name, noun in NOUNS.items() if name in wanted]


def _text(proposal: object) -> str:
    return "" if proposal is None else str(proposal)
