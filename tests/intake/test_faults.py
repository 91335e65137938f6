"""How a problem's value is shown to people."""

import pytest

from csdl.codes import queries as codes
from csdl.codes.actions import load_code_lists
from csdl.intake.faults import found_value, said_day
from csdl.portals.components.import_rows import said_value

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("noun", "column", "value", "shown"),
    [
        ("pupils", "birth_date", "2012-11-08", "08/11/2012"),
        ("pupils", "birth_date", "hôm qua", "hôm qua"),
        ("pupils", "birth_date", "2015-02-30", "2015-02-30"),
        ("pupils", "birth_date", "0000-00-00", "0000-00-00"),
        ("pupils", "gender_code", "02", "Nữ"),
        ("pupils", "gender_code", "9", "9"),
        ("pupils", "grade_code", "06", "Khối 6"),
        ("pupils", "is_disabled", "true", "Có"),
        ("pupils", "is_disabled", "có thể", "có thể"),
        ("pupils", "citizen_id_no", "031215012345", "031215012345"),
        ("staff", "status_code", "02", None),
        ("units", "", "02", "02"),
    ],
)
def test_a_stored_day_or_code_is_shown_as_people_write_it(
    noun: str, column: str, value: str, shown: str | None
) -> None:
    load_code_lists()
    codes.forget()
    shown = shown or codes.labels("staff_status")["staff_status"][value]

    assert found_value(noun, column, value) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("2012-11-08", "08/11/2012"), ("2015-02-30", "2015-02-30"), ("0000-00-00", "0000-00-00"), ("08/11", "08/11")],
)
def test_a_text_that_is_no_day_is_listed_as_it_stands(text: str, shown: str) -> None:
    assert said_day(text) == said_value(None, text) == shown
