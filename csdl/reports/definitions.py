"""What a computed row of a form counts: a population and a filter, declared once, said as a sentence, compiled to SQL.

A filter is written in the form's file as terms parted by ";": `grade=01; age>=6; region=04|05|06`. Attributes, the
columns they read and their words stand in `data/attributes.csv`, `words.csv`. The same compiled text counts the cells
of all schools and lists the rows behind one cell, so that the two cannot differ.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from csdl.codes.queries import grades, labels

__all__ = [
    "POPULATIONS",
    "Attribute",
    "Population",
    "Term",
    "attributes",
    "codes_counted",
    "measure_filter",
    "measures",
    "names_of",
    "parse_filter",
    "read_data",
    "sentence",
    "sql_of",
    "value_words",
]

_TERM = re.compile(r"(\w+)(!=|>=|<=|=|<|>)([\w .|-]+)")
_OPS = {"=": "", "!=": "không phải", ">=": "từ", "<=": "đến", "<": "dưới", ">": "trên"}
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Population:
    """What is counted: the frozen table, how much one of its rows counts, how people call it."""

    name: str
    table: str
    weight: str
    noun: str


POPULATIONS = {
    one.name: one
    for one in (
        Population("pupil", "reports_countedpupil", "1", "học sinh"),
        Population("class", "reports_countedclass", "1", "lớp có học sinh ở cuối ngày chốt"),
        Population("staff", "reports_countedstaff", "1", "cán bộ, giáo viên, nhân viên làm việc ở cuối ngày chốt"),
        Population("room", "reports_countedroom", "r.amount", "phòng"),
        Population("site", "reports_countedsite", "1", "điểm trường đang dùng ở cuối ngày chốt"),
        Population("school", "reports_countedschool", "1", "trường, cơ sở hoạt động ở cuối ngày chốt"),
    )
}


@dataclass(frozen=True)
class Attribute:
    """A fact of a row that filters may ask: `column` reads the row (`r`) or its snapshot (`s`)."""

    population: str
    name: str
    column: str
    label: str
    code_list: str
    kind: str


@dataclass(frozen=True)
class Term:
    """One condition of a filter."""

    attribute: Attribute
    op: str
    values: tuple[str, ...]


def read_data(name: str) -> Iterator[dict[str, str]]:
    """Rows of a data file of this module, e.g. read_data("forms/02-DN-TH")."""
    with files("csdl.reports").joinpath(f"data/{name}.csv").open(encoding="utf-8") as text:
        yield from csv.DictReader(text)


@cache
def attributes() -> Mapping[tuple[str, str], Attribute]:
    """Every attribute by (population, name)."""
    return {
        (row["population"], row["attribute"]): Attribute(
            row["population"], row["attribute"], row["column"], row["label_vi"], row["code_list"], row["kind"]
        )
        for row in read_data("attributes")
    }


@cache
def measures(population: str) -> tuple[str, ...]:
    """Measures that a population knows, in the order of the file: "all", "female", …"""
    return tuple(row["measure"] for row in read_data("measures") if row["population"] == population)


@cache
def measure_filter(population: str, measure: str) -> tuple[Term, ...]:
    """What a measure adds to a row's filter. Errors: LookupError for a measure the population does not know."""
    for row in read_data("measures"):
        if (row["population"], row["measure"]) == (population, measure):
            return parse_filter(population, row["filter"])
    raise LookupError(f"{population} has no measure {measure}")


@cache
def codes_counted() -> Mapping[str, tuple[str, ...]]:
    """The code sets that counting reads (`data/counting.csv`): data of this year's rules, not constants."""
    return {row["name"]: tuple(row["codes"].split("|")) for row in read_data("counting")}


@cache
def parse_filter(population: str, text: str) -> tuple[Term, ...]:
    """The terms of a filter. Errors: ValueError where one cannot be read, LookupError for an unknown attribute."""
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        match = _TERM.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is no term of a filter")
        name, op, values = match.groups()
        attribute = attributes()[population, name]
        term = Term(attribute, op, tuple(values.split("|")))
        _check(term)
        found.append(term)
    return tuple(found)


def _check(term: Term) -> None:
    if term.attribute.kind == "flag" and (term.op != "=" or term.values not in (("0",), ("1",))):
        raise ValueError(f"{term.attribute.name} is asked with =0 or =1")
    if term.attribute.kind == "number" and not all(map(_NUMBER.fullmatch, term.values)):
        raise ValueError(f"{term.attribute.name} is a number")
    if term.op not in ("=", "!=") and (term.attribute.kind != "number" or len(term.values) != 1):
        raise ValueError(f"{term.attribute.name} has no order")


def sql_of(terms: Iterable[Term]) -> str:
    """The condition as SQL over a row `r` and its snapshot `s`; "true" for the whole population."""
    return " AND ".join(map(_term_sql, terms)) or "true"


def _term_sql(term: Term) -> str:
    column, values = term.attribute.column, term.values
    if term.attribute.kind == "flag":
        return column if values == ("1",) else f"NOT {column}"
    # Data of ours, and _TERM lets no quote through.
    quoted = list(values) if term.attribute.kind == "number" else [f"'{value}'" for value in values]
    if len(quoted) == 1:
        return f"{column} {term.op if term.op != '!=' else '<>'} {quoted[0]}"
    return f"{column} {'NOT IN' if term.op == '!=' else 'IN'} ({', '.join(quoted)})"


def sentence(population: str, terms: Iterable[Term]) -> str:
    """The condition as a Vietnamese sentence that a clerk checks against the form."""
    said = [_term_said(term) for term in terms]
    noun = POPULATIONS[population].noun
    if population == "pupil" and not any(term.attribute.name in _MOVEMENTS for term in terms):
        noun += " đang học ở cuối ngày chốt"
    return f"Đếm {noun}" + (f": {'; '.join(said)}." if said else ".")


_MOVEMENTS = {"present", "at_start", "arrived", "returned", "left_how"}


def _term_said(term: Term) -> str:
    attribute = term.attribute
    if attribute.kind == "flag":
        return attribute.label if term.values == ("1",) else f"không {attribute.label}"
    if attribute.kind == "number":
        return f"{attribute.label} {_OPS[term.op]} {' hoặc '.join(term.values)}".replace("  ", " ")
    names = names_of(attribute)
    said = ", ".join(names.get(value, value) for value in term.values)
    return f"{attribute.label} {'không ' if term.op == '!=' else ''}là {said}"


@cache
def value_words(population: str, column: str) -> Mapping[str, str]:
    """What the values of a counted row's column are called; empty for figures, names and flags."""
    known = (one for one in attributes().values() if (one.population, one.column) == (population, f"r.{column}"))
    attribute = next(known, None)
    return names_of(attribute) if attribute and attribute.kind in ("code", "word") else {}


def names_of(attribute: Attribute) -> Mapping[str, str]:
    """What people call the values of a fact that is a code or a word of ours: value -> name."""
    if attribute.code_list:
        return _grades() if attribute.code_list == "grade" else labels(attribute.code_list)[attribute.code_list]
    return {row["word"]: row["name_vi"] for row in read_data("words") if row["attribute"] == attribute.name}


def _grades() -> Mapping[str, str]:
    return {code: grade.name_vi for code, grade in grades().items()}
