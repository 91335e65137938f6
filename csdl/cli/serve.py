"""`csdl serve`: one command that keeps everything up: database, web, worker; what `make demo` runs.

The supervisor owns its children. Ctrl-C, TERM and HUP stop them in order; when the supervisor itself is killed, the
kernel ends web and worker (PDEATHSIG), and the next start finds PostgreSQL as it is: running, or to be recovered.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import click
from django.core.exceptions import ImproperlyConfigured

from csdl.cli.base import data_dir, setup
from csdl.lib.embedded import EmbeddedServerError, running

__all__ = ["commands"]

ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1
_FREE_BYTES = 600 * 2**20
_DEMO_YEAR = 2023
_FIRST_STAGE = "year-end"


class Stop(Exception):
    """Asked to stop by a signal."""


@click.command(help="Chạy hệ thống: cơ sở dữ liệu, web, tác vụ nền.")
@click.option("--demo", is_flag=True, help="Dựng tỉnh mẫu nếu kho dữ liệu còn trống.")
@click.option(
    "--stage",
    type=click.Choice(["year-end", "october"]),
    default="year-end",
    show_default=True,
    help="Tỉnh mẫu dựng đến đâu: year-end: hết năm học, chưa kết chuyển; october: chiều 7/10, báo cáo đầu năm học sắp "
    "đến hạn.",
)
@click.option("--pupils", default=20_000, show_default=True, help="Số học sinh của tỉnh mẫu.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    envvar="CSDL_PORT",
    default=8000,
    show_default=True,
    help="Cổng web (CSDL_PORT).",
)
def commands(demo: bool, stage: str, pupils: int, port: int) -> None:
    if stage != _FIRST_STAGE and not demo:
        raise click.UsageError("--stage chỉ dùng cùng --demo.")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with ExitStack() as stack:
            _serve(stack, demo=demo, stage=stage, pupils=pupils, port=port)
    except Stop:
        click.echo("\nĐã dừng.")
    except (EmbeddedServerError, ImproperlyConfigured) as error:
        raise SystemExit(str(error)) from None


def _stop(number: int, frame: FrameType | None) -> None:
    # A second signal while children are being stopped must not interrupt the stopping.
    for later in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(later, signal.SIG_IGN)
    raise Stop


def _serve(stack: ExitStack, *, demo: bool, stage: str, pupils: int, port: int) -> None:
    started = time.monotonic()
    data = data_dir()
    stack.enter_context(_only_copy(data, port))
    _check_disk(data)
    _check_port(port)
    if "DATABASE_URL" not in os.environ and "DATABASE_OWNER_URL" not in os.environ:
        click.echo("Khởi động cơ sở dữ liệu …")
        stack.enter_context(running(data))
    if demo:
        os.environ["CSDL_DEMO"] = "1"
    setup()
    sign_ins = _prepare(demo, stage, pupils)
    address = f"http://localhost:{port}"
    os.environ.setdefault("CSDL_SYSTEM_URL", address)  # what papers print
    web = stack.enter_context(_child(_web_command(port), _web_environment()))
    # Its jobs can be run again, so a worker without supervisor need not finish: the kernel may kill it outright.
    worker = stack.enter_context(_child([_csdl(), "worker"], _worker_environment(), orphaned=signal.SIGKILL))
    _wait_for(web, port)
    click.echo(f"\nSẵn sàng sau {time.monotonic() - started:.0f} giây. Mở trình duyệt: {address}\n")
    for line in sign_ins:
        click.echo(f"  {line}")
    click.echo("\nNhấn Ctrl-C để dừng.")
    while True:
        for name, process in (("web", web), ("worker", worker)):
            if process.poll() is not None:
                raise SystemExit(
                    f"Tiến trình {name} đã dừng bất thường (mã {process.returncode}). Chạy lại: make demo."
                )
        time.sleep(0.3)


def _prepare(demo: bool, stage: str, pupils: int) -> list[str]:
    """Tables, grants, code lists, static files and – in the demo – the province; each step finds what is done."""
    from django.conf import settings  # the settings are loaded by now
    from django.core.management import call_command

    from csdl.codes.actions import load_code_lists
    from csdl.codes.models import CodeValue
    from csdl.orgs.models import OrgUnit
    from csdl.wall.prepare import prepare_database, prepare_grants

    settings.DATABASE_NAMES.needed("app")  # said before anything is written
    prepare_database(settings.DATABASE_NAMES)
    call_command("migrate", verbosity=0, interactive=False)
    prepare_grants(settings.DATABASE_NAMES, demo=settings.DEMO)
    if not CodeValue.objects.exists():
        load_code_lists()
    _collect_static()
    if not demo:
        return []
    from csdl.demo.accounts import sign_in_lines
    from csdl.demo.build import build_province

    if OrgUnit.objects.exists():
        _check_stage(stage)
        return sign_in_lines()
    with click.progressbar(length=pupils, label=f"Dựng tỉnh mẫu {pupils:,} học sinh".replace(",", ".")) as bar:
        build_province(
            pupils=pupils, start_year=_DEMO_YEAR, stage=stage, progress=lambda done: bar.update(done - bar.pos)
        )
    return sign_in_lines()


def _check_stage(stage: str) -> None:
    """A province that is there already is served as it stands, not brought to another stage."""
    from csdl.reports.models import ReportPeriod  # the settings are loaded by now

    if stage != _FIRST_STAGE and not ReportPeriod.objects.filter(start_year=_DEMO_YEAR + 1).exists():
        raise SystemExit(
            "Thư mục dữ liệu này đã có một tỉnh chưa đến tháng 10: muốn bản mẫu tháng 10, đặt CSDL_DATA sang thư mục "
            "mới rồi chạy lại lệnh này; muốn mở tỉnh đang có, bỏ --stage."
        )


def _collect_static() -> None:
    """Gather static files for the web server, compressed and named by content; skipped when nothing changed."""
    from django.conf import settings  # the settings are loaded by now
    from django.core.management import call_command

    sources = [*ROOT.glob("build/assets/**/*"), *ROOT.glob("csdl/portals/*/static/**/*"), ROOT / "requirements.lock"]
    digest = hashlib.sha256()
    for path in sorted(path for path in sources if path.is_file()):
        digest.update(path.read_bytes())
    stamp = Path(settings.STATIC_ROOT) / "stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest.hexdigest())


@contextmanager
def _only_copy(data: Path, port: int) -> Iterator[None]:
    """One copy per data folder: two would fight over the same database."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "serve.lock").open("a+")
    except OSError as error:
        raise SystemExit(f"Không ghi được vào thư mục dữ liệu {data} ({error.strerror}).") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise SystemExit(
                f"Hệ thống đang chạy sẵn với thư mục dữ liệu này ({lock.read().strip() or 'không rõ cổng'}). "
                "Muốn chạy thêm một bản, đặt CSDL_DATA và CSDL_PORT khác."
            ) from None
        lock.truncate(0)
        lock.write(f"http://localhost:{port}")
        lock.flush()
        yield


def _check_disk(data: Path) -> None:
    free = shutil.disk_usage(data).free
    if free < _FREE_BYTES:
        raise SystemExit(
            f"Đĩa chứa {data} chỉ còn {free // 2**20} MB, cần ít nhất {_FREE_BYTES // 2**20} MB. "
            "Hãy giải phóng dung lượng hoặc đặt CSDL_DATA sang đĩa khác."
        )


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(f"Cổng {port} đang được chương trình khác dùng. Đặt CSDL_PORT sang cổng khác.") from None


def _csdl() -> str:
    return str(Path(sys.executable).with_name("csdl"))


def _web_command(port: int) -> list[str]:
    return [
        str(Path(sys.executable).with_name("granian")),
        "--interface=wsgi",
        "--host=127.0.0.1",
        f"--port={port}",
        f"--workers={min(os.cpu_count() or 1, 8)}",
        "--blocking-threads=4",
        "--respawn-failed-workers",
        # A worker that waits for a database that is gone would keep its master, and the port, for ever.
        "--workers-kill-timeout=5",
        "--log-level=warning",
        "config.wsgi:application",
    ]


def _web_environment() -> dict[str, str]:
    """The web process knows the web role's connection and no other (D19)."""
    from django.conf import settings  # the settings are loaded by now

    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "CSDL_SERVER_URL"))
    }
    return environment | {
        "DATABASE_URL": settings.DATABASE_NAMES.needed("app"),
        "CSDL_DB_ROLE": "app",
        "CSDL_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
    }


def _worker_environment() -> dict[str, str]:
    from django.conf import settings  # the settings are loaded by now

    names = settings.DATABASE_NAMES
    return _web_environment() | {"DATABASE_OWNER_URL": names.needed("owner"), "CSDL_DB_ROLE": "owner"}


@contextmanager
def _child(
    command: list[str], environment: dict[str, str], orphaned: signal.Signals = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with us: asked first, killed after ten seconds, and by the kernel when we are killed."""
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: _die_with_parent(orphaned),
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _die_with_parent(number: signal.Signals) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def _wait_for(web: subprocess.Popen[bytes], port: int) -> None:
    """Until the sign-in page answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if web.poll() is not None:
            raise SystemExit("Máy chủ web không khởi động được. Xem thông báo phía trên.")
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/accounts/login/", headers={"Host": f"localhost:{port}"})
            if connection.getresponse().status < 500:
                return
        time.sleep(0.1)
    raise SystemExit("Máy chủ web không trả lời sau 60 giây. Xem thông báo phía trên.")
