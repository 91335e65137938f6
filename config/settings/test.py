"""Tests: the owner sets up, `as_web` acts under the web role; quick hashing, plain static files.

Every worker of the test run has a database of its own, cloned from one template; roles are shared by all of them.
Without TEST_DATABASE_URL an embedded server in the data folder is used, apart from the demo's.
"""

import os
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
if "DATABASE_OWNER_URL" not in os.environ:
    # Workers inherit the environment of the process that starts them: the folder is worked out once.
    base = os.environ.setdefault(
        "CSDL_TEST_BASE", os.environ.get("CSDL_DATA", str(Path(__file__).resolve().parents[2] / ".data"))
    )
    os.environ["CSDL_DATA"] = str(Path(base) / "test")
    os.environ["CSDL_DATABASE"] = os.environ.get("CSDL_TEST_DATABASE", f"csdl_test_{WORKER}")
    os.environ["CSDL_ROLES"] = "csdl_test"
    if "TEST_DATABASE_URL" in os.environ:
        os.environ["CSDL_SERVER_URL"] = os.environ["TEST_DATABASE_URL"]
os.environ.setdefault("CSDL_DB_ROLE", "owner")
os.environ.setdefault("CSDL_SECRET_KEY", "only-for-tests")

from config.settings.base import *  # noqa: E402, F403 - settings modules extend one another

DEMO = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
