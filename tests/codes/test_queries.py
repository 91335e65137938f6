"""Code lists are asked for once a minute, and kept for the length of the tests."""

import time
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from csdl.codes import queries

pytestmark = pytest.mark.django_db


def _statements() -> int:
    with CaptureQueriesContext(connection) as caught:
        queries.labels("ethnic_group")
    return len(caught)


def test_a_list_is_asked_for_again_after_its_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(queries, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(queries, "_KEPT_SECONDS", 60)
    queries.forget()

    asked = [_statements(), _statements()]
    now += 61
    asked += [_statements(), _statements()]

    assert asked == [1, 0, 1, 0]
    queries.forget()


def test_no_test_counts_a_list_that_grew_old_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    queries.labels("ethnic_group")
    day_later = time.monotonic() + 24 * 3600
    monkeypatch.setattr(queries, "time", SimpleNamespace(monotonic=lambda: day_later))

    assert _statements() == 0
