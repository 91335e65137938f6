"""Connections by role: each role has its own, and no other takes its place."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from csdl.lib.database import django_settings, names_from_environment

OWNER = "postgresql://csdl_owner@localhost/csdl"


def test_the_web_does_not_start_with_the_owners_connection(tmp_path: Path) -> None:
    names = names_from_environment({"DATABASE_OWNER_URL": OWNER}, tmp_path)

    assert django_settings(names, role="owner", pooled=False)["USER"] == "csdl_owner"
    with pytest.raises(ImproperlyConfigured, match="Chưa đặt DATABASE_URL"):
        django_settings(names, role="app", pooled=True)


def test_the_web_alone_does_not_know_the_owner(tmp_path: Path) -> None:
    names = names_from_environment({"DATABASE_URL": OWNER.replace("owner", "app")}, tmp_path)

    assert django_settings(names, role="app", pooled=False)["USER"] == "csdl_app"
    assert (names.owner, names.admin) == ("", "")
