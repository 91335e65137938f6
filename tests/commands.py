"""Runs `csdl` commands, each in a process of its own, forked from one that has read the libraries already.

Reading them anew is most of what a command takes; what is the product's own is read by every command for itself, under
the environment that the test gives it.
"""

import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["Commands"]

ROOT = Path(__file__).resolve().parents[1]
# Nothing of the product, and nothing that asks for Django's settings.
_LIBRARIES = (
    *("click", "croniter", "cryptography.fernet", "dateutil.parser", "fido2.webauthn", "PIL.Image", "procrastinate"),
    *("psycopg", "psycopg_pool", "pypdf", "python_calamine", "sqlparse", "xlsxwriter"),
    *("django.contrib.auth.hashers", "django.contrib.postgres.fields", "django.core.management", "django.db.models"),
    *("django.forms", "django.http", "django.template", "django.test", "django.urls", "django.views.decorators.http"),
)


class Commands:
    """A process that waits for commands; `run` is as `subprocess.run` with its output taken as text."""

    def __init__(self) -> None:
        code = "from tests.commands import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            order = {"arguments": list(arguments), "environment": dict(environment), "out": str(out), "err": str(err)}
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(["csdl", *arguments], code, out.read_text(), err.read_text())

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


def serve() -> None:
    """Wait for orders, one a line; answer each with the code that its command ended with."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(order)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(order: dict) -> None:
    """Be the command: its environment, its words, its output; never come back."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(order["environment"])
        for descriptor, name in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
            file = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
            os.dup2(file, descriptor)
        sys.argv = ["csdl", *order["arguments"]]
        from csdl.cli.main import main

        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
