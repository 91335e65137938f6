"""Runs `csdl` commands and texts of Python, each in a process forked from one that has read the libraries already.

Reading them anew is most of what a command takes; what is the product's own is read by every command for itself, under
the environment that the test gives it.
"""

import gc
import importlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["Commands", "Running"]

ROOT = Path(__file__).resolve().parents[1]
# Nothing of the product, and nothing that asks for Django's settings.
_LIBRARIES = (
    *("allauth.core.ratelimit", "allauth.utils", "click", "croniter", "cryptography.fernet", "dateutil.parser"),
    *("fido2.server", "fido2.webauthn", "pghistory", "pgtrigger", "PIL.Image", "procrastinate", "psycopg"),
    *("psycopg_pool", "psycopg.types.hstore"),
    *("procrastinate.contrib.django.django_connector", "pypdf", "python_calamine", "sqlparse", "typst", "xlsxwriter"),
    *("django.contrib.auth.hashers", "django.contrib.auth.management", "django.contrib.contenttypes.management"),
    *("django.contrib.messages.api", "django.contrib.postgres.fields", "django.contrib.postgres.signals"),
    *("django.contrib.sessions.backends.base", "django.contrib.staticfiles.finders", "django.core.management"),
    *("django.core.management.commands.makemigrations", "django.core.management.commands.migrate"),
    *("django.db.backends.postgresql.base", "django.db.models", "django.forms", "django.http", "django.shortcuts"),
    *("django.template", "django.test", "django.urls", "django.views.decorators.http"),
)


class Running:
    """A command that goes on beside the test; whoever starts one waits for it with `ended`."""

    def __init__(self, commands: "Commands", pid: int, words: Sequence[str], folder: Path) -> None:
        self.pid = pid
        self._commands, self._words, self._folder = commands, words, folder

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def ended(self, timeout: float = 90) -> subprocess.CompletedProcess[str]:
        """Its code and what it said; one that does not end in time is killed, and the test fails."""
        try:
            code = self._commands.code_of(self.pid, timeout)
            out, err = ((self._folder / name).read_text() for name in ("out", "err"))
        finally:
            shutil.rmtree(self._folder)
        return subprocess.CompletedProcess([*self._words], code, out, err)


class Commands:
    """A process that waits for commands and forks each."""

    def __init__(self) -> None:
        code = "from tests.commands import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, words: Sequence[str], environment: Mapping[str, str], *, script: str = "") -> Running:
        """Begin `csdl` with these words; with `script`, that text of Python, the words as its arguments."""
        folder = Path(tempfile.mkdtemp())
        order = {"words": list(words), "environment": dict(environment), "folder": str(folder), "script": script}
        self._say(order)
        return Running(self, int(self._answer()), words, folder)

    def code_of(self, pid: int, timeout: float) -> int:
        """The code with which a command ended; negative where a signal ended it."""
        self._say({"wait": pid})
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            with suppress(ProcessLookupError):  # it ended between the two
                os.kill(pid, signal.SIGKILL)
            self._answer()
            raise AssertionError(f"the command still ran after {timeout:g} s")
        return int(self._answer())

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()

    def _say(self, order: Mapping[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def serve() -> None:
    """Wait for orders, one a line: to begin a command, answered by its number, or to wait for one, by its code."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                _become(order)
        print(answer, flush=True)


def _become(order: dict) -> None:
    """Be the command: its environment, its words, its output; never come back."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(order["environment"])
        folder = Path(order["folder"])
        for descriptor, path in ((0, Path(os.devnull)), (1, folder / "out"), (2, folder / "err")):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), descriptor)
        sys.argv = ["csdl", *order["words"]]
        if order["script"]:
            exec(compile(order["script"], "<script>", "exec"), {"__name__": "__main__"})  # noqa: S102 - a test's own
        else:
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
