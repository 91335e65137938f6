"""What every `csdl` command shares: settings, a running database, the operator as actor, output, exit codes.

Exit codes: 0 done, 2 the input is at fault (what to do stands in the message), 1 a fault of ours or of the machine.
"""

import functools
import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from django.core.exceptions import ImproperlyConfigured

from csdl.accounts.actor import SystemActor
from csdl.accounts.errors import CsdlError
from csdl.lib.embedded import EmbeddedServerError, running

__all__ = ["as_json", "emit", "operator", "unit_by_code", "with_database", "write_file"]

as_json = click.option("--json", "json_wanted", is_flag=True, help="In kết quả dạng JSON.")


def operator() -> SystemActor:
    """The person at the command line; the system account's name goes into the log."""
    return SystemActor(f"csdl ({os.environ.get('SUDO_USER') or os.environ.get('USER') or 'root'})")


def emit(data: Any, json_wanted: bool, text: str) -> None:
    """Print the data as JSON, or the text for people."""
    click.echo(json.dumps(data, ensure_ascii=False, default=str) if json_wanted else text)


def unit_by_code(code: str) -> Any:
    """The unit of a code. Errors: CLI-02 there is none."""
    from csdl.orgs.models import OrgUnit  # needs settings

    found = OrgUnit.objects.filter(code=code).first()
    if found is None:
        raise CsdlError(f"Không có đơn vị mã “{code}”. Xem mã ở trang Đơn vị hoặc trong tệp đã nhập.", code="CLI-02")
    return found


def write_file(path: Path, content: bytes) -> None:
    """Put a file where the operator asked for it. Errors: CLI-01 the folder is not there or takes no file."""
    try:
        path.write_bytes(content)
    except OSError:
        message = f"Không ghi được tệp {path}. Hãy kiểm tra thư mục có chưa và quyền ghi."
        raise CsdlError(message, code="CLI-01") from None


def setup(*, role: str = "owner") -> None:
    """Django under the owner's role: commands are run by operators of the server."""
    os.environ.setdefault("CSDL_DB_ROLE", role)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django  # slow import: `csdl --help` answers without it

    django.setup()


def with_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command with settings loaded and the database up; the embedded server is started where it sleeps."""

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with ExitStack() as stack:
            try:
                if "DATABASE_URL" not in os.environ and "DATABASE_OWNER_URL" not in os.environ:
                    stack.enter_context(running(data_dir()))
                setup()
                return command(*args, **kwargs)
            except (EmbeddedServerError, ImproperlyConfigured) as error:
                click.echo(str(error), err=True)
                sys.exit(1)
            except _database_errors() as error:
                if not _is_unprepared(error):
                    raise
                click.echo(
                    _unprepared(error, is_own=not {"DATABASE_URL", "DATABASE_OWNER_URL"} & set(os.environ)), err=True
                )
                sys.exit(1)
            except CsdlError as error:
                click.echo(str(error), err=True)
                for problem in error.problems:
                    click.echo(f"  - {problem}", err=True)
                sys.exit(2)

    return wrapper


def _database_errors() -> tuple[type[Exception], ...]:
    """The server is not there, refuses us, or holds no tables yet."""
    from django.db import OperationalError, ProgrammingError  # slow import: `csdl --help` answers without it

    return OperationalError, ProgrammingError


def _unprepared(error: Exception, *, is_own: bool) -> str:
    """What to do; why the server refuses is told only where it is not a new store of our own, in which the roles, the
    database or its tables are not there yet."""
    said = str(error)
    new = ("password authentication failed", "does not exist")
    if is_own and any(words in said for words in new):
        return "Kho dữ liệu này chưa được chuẩn bị. Hãy chạy: csdl db prepare, rồi csdl codes load."
    reason = said.strip().splitlines()[0]
    advice = "Nếu là kho dữ liệu mới, hãy chạy: csdl db prepare, rồi csdl codes load."
    return f"Không dùng được cơ sở dữ liệu: {reason}. {advice}"


def _is_unprepared(error: Exception) -> bool:
    """Whether the database is missing or empty, which the operator can mend; anything else is a fault of ours."""
    from django.db import OperationalError  # slow import, as above
    from psycopg.errors import UndefinedFunction, UndefinedTable

    return isinstance(error, OperationalError) or isinstance(error.__cause__, UndefinedTable | UndefinedFunction)


def data_dir() -> Path:
    """The data folder, as the settings compute it (they are not loaded yet when the server must start)."""
    return Path(os.environ.get("CSDL_DATA", Path(__file__).resolve().parents[2] / ".data")).resolve()
