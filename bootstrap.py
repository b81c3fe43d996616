"""Makes what `make` needs inside the clone: Python environments, the trained assistant, catalogs, a browser.

Only the standard library; runs on any Python from 3.11. Each step says what it does, is skipped when nothing
changed, and stops with a sentence that says what to do when it cannot be done.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENTS = ROOT / ".venv"
VAR = ROOT / "var"
MODEL = VAR / "models" / "guide.tar.gz"
SITE = ENVIRONMENTS / "site"
TEST = ENVIRONMENTS / "test"
BOT = ENVIRONMENTS / ("bot-full" if os.environ.get("BOT") == "full" else "bot")

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_WARN_SCRIPT_LOCATION": "1",
    "TQDM_DISABLE": "1",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "PYTHONDONTWRITEBYTECODE": "",
}


class CannotDo(Exception):
    """A step that cannot be done here; the message says what to do instead."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"· {text}", flush=True)


def run(command: Sequence[str | Path], **environment: str) -> None:
    """Run a command in the clone; raise CannotDo with its last lines when it fails."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **QUIET, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip() and "is ignored: it is neither" not in line]
        raise CannotDo(f"{' '.join(str(part) for part in command[:4])} … failed:\n" + "\n".join(lines[-25:]))


def digest(paths: Iterable[Path], *words: str) -> str:
    """Give a hash of the contents of files and folders, and of words."""
    state = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts) if path.is_dir() else [path]
        for file in files:
            state.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return state.hexdigest()


def stamped(stamp: Path, value: str) -> bool:
    """Say whether a step was already done for this value."""
    return stamp.is_file() and stamp.read_text() == value


# Environments


def make_environment(folder: Path, python: str, requirements: Sequence[Path], what: str, options: Sequence[str] = ()) -> None:
    """Make a virtual environment that holds exactly the requirements, if it does not already."""
    version = subprocess.run([python, "-c", "import sys; print(sys.version)"], capture_output=True, text=True).stdout
    value = digest(requirements, version, *options)
    stamp = folder / "made-from"
    if stamped(stamp, value):
        return
    say(f"{what}: installing into {folder.relative_to(ROOT)} (once; about {'half a minute' if folder != BOT else 'a minute'})")
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(exist_ok=True)
    _make_venv(folder, python)
    pip: list[str | Path] = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", *options]
    for file in requirements:
        say(f"{what}: {file.relative_to(ROOT)}")
        run([*pip, "-r", file])
    for tests in [p for p in (folder / "lib").rglob("tests") if p.is_dir() and "site-packages" in p.parts]:
        if p_is_heavy(tests):
            shutil.rmtree(tests, ignore_errors=True)
    stamp.write_text(value)


def p_is_heavy(folder: Path) -> bool:
    """Say whether a folder is the test suite of a numeric package: 50 MB that nothing here runs."""
    return any(name in folder.parts for name in ("sklearn", "scipy", "numpy"))


def _make_venv(folder: Path, python: str) -> None:
    attempt = subprocess.run([python, "-m", "venv", str(folder)], capture_output=True, text=True)
    if attempt.returncode == 0:
        return
    shutil.rmtree(folder, ignore_errors=True)
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("the system's Python has no venv: installing python3-venv with apt-get")
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True)
        run(["apt-get", "install", "-y", "-qq", "python3-venv"], DEBIAN_FRONTEND="noninteractive")
        run([python, "-m", "venv", str(folder)])
        return
    raise CannotDo("this Python cannot make environments; install them with: sudo apt-get install python3-venv")


def site_environment() -> None:
    """Make the environment that the site runs in."""
    _check_python()
    make_environment(SITE, sys.executable, [ROOT / "app" / "requirements.txt"], "site")


def test_environment() -> None:
    """Make the environment for tests and lint: the site's packages and the tools."""
    _check_python()
    make_environment(TEST, sys.executable, [ROOT / "tests" / "requirements.txt"], "tests")


def _check_python() -> None:
    if sys.version_info < (3, 11):
        raise CannotDo("the site needs Python 3.11 or newer; start it with: make run PYTHON=python3.12")


def python310() -> str | None:
    """Find Python 3.10 for the assistant: on PATH, in pyenv, or by uv. None where it cannot be had."""
    candidates = [os.environ.get("BOT_PYTHON", ""), shutil.which("python3.10") or ""]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    if pyenv.is_dir():
        candidates += [str(p / "bin" / "python3.10") for p in sorted(pyenv.glob("3.10*"), reverse=True)]
    for candidate in filter(None, candidates):
        if _is_310(candidate):
            return candidate
    uv = shutil.which("uv")
    if uv:
        found = subprocess.run([uv, "python", "find", "3.10"], capture_output=True, text=True)
        if found.returncode != 0:
            say("assistant: fetching Python 3.10 with uv")
            subprocess.run([uv, "python", "install", "3.10"], capture_output=True, timeout=300)
            found = subprocess.run([uv, "python", "find", "3.10"], capture_output=True, text=True)
        candidate = found.stdout.strip()
        if candidate and _is_310(candidate):
            return candidate
    return None


def _is_310(python: str) -> bool:
    try:
        asked = subprocess.run([python, "-c", "import sys, venv; print(sys.version_info[:2] == (3, 10))"], capture_output=True, text=True)
    except OSError:
        return False
    return asked.stdout.strip() == "True"


def bot_environment(tests: bool = False) -> bool:
    """Make the assistant's environment. False, after saying so, where Python 3.10 cannot be had."""
    python = python310()
    if python is None:
        say("assistant: Python 3.10 is not here (looked on PATH, in pyenv and for uv): the site starts alone, the chat leads by buttons")
        say("           to have the assistant, install Python 3.10 or uv, or name it: make run BOT_PYTHON=/…/python3.10")
        return False
    full = os.environ.get("BOT") == "full"
    requirements = [ROOT / "bot" / ("requirements-full.txt" if full else "requirements.txt"), ROOT / "bot" / "requirements-test.txt"]
    make_environment(BOT, python, requirements, "assistant", [] if full else ["--no-deps"])
    return True


# The assistant


def train() -> None:
    """Train the assistant if what it learns from changed."""
    bot = ROOT / "bot"
    sources = [bot / "data", bot / "config.yml", bot / "domain.yml", bot / "components", bot / "tests" / "nlu" / "dev"]
    value = digest([*sources, ROOT / "content" / "letters.toml", bot / "requirements.txt"], BOT.name)
    stamp = VAR / "models" / "trained-from"
    if stamped(stamp, value) and MODEL.is_file():
        return
    say("assistant: training (from nothing a few minutes, after a small change half a minute)")
    MODEL.parent.mkdir(parents=True, exist_ok=True)
    fresh = VAR / "models" / "new"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        BOT / "bin" / "python", "-u", "-m", "bot.rasa_command", "train", "--config", "bot/config.yml", "--domain", "bot/domain.yml",
        "--data", "bot/data", "--out", str(fresh), "--fixed-model-name", "guide", "--skip-validation",
    ]
    tail: list[str] = []
    with subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **QUIET}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            tail = [*tail[-30:], line.rstrip()]
            if line.startswith("  "):  # the classifier's own lines of progress
                say(f"assistant:{line.rstrip()[1:]}")
    made = fresh / "guide.tar.gz"
    if process.returncode or not made.is_file():
        raise CannotDo("the assistant could not be trained:\n" + "\n".join(tail))
    made.replace(MODEL)
    shutil.rmtree(fresh, ignore_errors=True)
    stamp.write_text(value)


# The site


def catalogs(python: Path) -> None:
    """Compile the interface's words where they changed."""
    files = sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po"))
    value = digest(files)
    stamp = VAR / "catalogs-from"
    if stamped(stamp, value) and all(file.with_suffix(".mo").is_file() for file in files):
        return
    say("site: compiling the words of ten languages")
    run([python, "-m", "babel.messages.frontend", "compile", "--directory", "translations"])
    VAR.mkdir(exist_ok=True)
    stamp.write_text(value)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start(with_bot: bool) -> int:
    """Start site and assistant under honcho, print the address when they answer, and end both on Ctrl-C."""
    port = _port("PORT", 8000)
    bot_port = _port("BOT_PORT", 5005)
    if not _free(port):
        raise CannotDo(f"port {port} is in use; choose another with: make run PORT=8080")
    bots = _number("BOTS", 1, 16) if with_bot else 0
    for taken in (n for n in range(bot_port, bot_port + bots) if not _free(n)):
        raise CannotDo(f"port {taken} is in use; choose another for the assistant with: make run BOT_PORT=5006")
    VAR.mkdir(exist_ok=True)
    secret = VAR / "secret"
    if not secret.is_file():
        secret.touch(mode=0o600)
        secret.write_text(os.urandom(32).hex())
    environment = {
        **os.environ, **QUIET, "PORT": str(port), "BOT_PORT": str(bot_port), "BOT_BIN": str(BOT / "bin"),
        "PYTHONUNBUFFERED": "1",
    }
    environment.setdefault("GUIDE_BOT_URL", ",".join(f"http://127.0.0.1:{n}" for n in range(bot_port, bot_port + max(1, bots))))
    environment.setdefault("GUIDE_SITE_URL", f"http://127.0.0.1:{port}")
    environment.setdefault("GUIDE_SECRET", secret.read_text().strip())
    processes = ["site", "bot"] if with_bot else ["site"]
    honcho = subprocess.Popen(
        [str(SITE / "bin" / "honcho"), "--no-colour", "--no-prefix", "start", "-c", f"bot={max(1, bots)}", *processes], cwd=ROOT, env=environment
    )
    threading.Thread(target=_announce, args=(port, with_bot), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: honcho.terminate())
    while True:
        try:
            return _ended(honcho.wait())
        except KeyboardInterrupt:
            continue  # honcho had the same signal and ends both processes


def _ended(code: int) -> int:
    say("ended")
    return 0 if code in (0, -signal.SIGINT, -signal.SIGTERM, 128 + signal.SIGINT, 128 + signal.SIGTERM) else code


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotDo(f"{name} takes a port number, not {text!r}")
    return int(text)


def _number(name: str, default: int, most: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise CannotDo(f"{name} takes a number from 1 to {most}, not {text!r}")
    return int(text)


def talk() -> int:
    """Talk with the assistant in the terminal, in the language L (sv without it); starts one where none answers."""
    bot_port = _port("BOT_PORT", 5005)
    environment = {**os.environ, **QUIET, "BOT_PORT": str(bot_port), "FLASK_SKIP_DOTENV": "1"}
    environment.setdefault("GUIDE_BOT_URL", f"http://127.0.0.1:{bot_port}")
    own = None
    if _free(bot_port):
        say("starting the assistant")
        own = subprocess.Popen(
            [
                str(BOT / "bin" / "python"), "-m", "bot.rasa_command", "run", "--model", str(MODEL), "--endpoints", "bot/endpoints.yml",
                "--credentials", "bot/credentials.yml", "--port", str(bot_port), "--interface", "127.0.0.1",
            ],
            cwd=ROOT, env=environment,
        )
        began = time.monotonic()
        while _free(bot_port) and own.poll() is None and time.monotonic() - began < 60:
            time.sleep(0.2)
    try:
        return subprocess.call(
            [str(SITE / "bin" / "python"), "-m", "flask", "--app", "app", "ask", "--lang", os.environ.get("L") or "sv"], cwd=ROOT, env=environment
        )
    finally:
        if own is not None and own.poll() is None:
            own.terminate()
            own.wait(20)


def _announce(port: int, with_bot: bool) -> None:
    began = time.monotonic()
    site_said = False
    while time.monotonic() - began < 120:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
                health = json.load(answer)
        except (OSError, ValueError):
            time.sleep(0.1)
            continue
        if not site_said:
            say(f"Gängsnack: http://127.0.0.1:{port}   (Ctrl-C ends it)")
            site_said = True
        if not with_bot or health.get("bot") == "up":
            say(f"ready after {time.monotonic() - began:.1f} s" + ("" if with_bot else ", without the assistant"))
            return
        time.sleep(0.1)
    say("the site or the assistant does not answer; see the lines above")


def keep(command: Sequence[str]) -> int:
    """Run a command and start it again when it ends by itself, so that one fall does not take the other down."""
    child: subprocess.Popen[bytes] | None = None
    ending = False

    def end(*_: object) -> None:
        nonlocal ending
        ending = True
        if child is not None and child.poll() is None:
            child.terminate()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    # Several processes of a kind have ports in a row: "bot.2" is the second (honcho's name for it).
    number = os.environ.get("HONCHO_PROCESS_NAME", "").rpartition(".")[2]
    port = str(_port("BOT_PORT", 5005) + (int(number) - 1 if number.isdigit() else 0))
    command = [part.replace("{bot_port}", port) for part in command]
    environment = {**os.environ, "BOT_PORT": port}
    pause = 0.5
    while not ending:
        began = time.monotonic()
        child = subprocess.Popen(command, env=environment)
        code = child.wait()
        if ending:
            break
        pause = 0.5 if time.monotonic() - began > 30 else min(pause * 2, 15)
        say(f"{Path(command[0]).name} ended with {code}; starting it again in {pause:.0f} s")
        time.sleep(pause)
    return 0


def browser() -> None:
    """Find Chromium for the browser tests, or install it."""
    if find_chromium():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("tests: installing Chromium with apt-get")
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-core"], capture_output=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if not find_chromium():
        say("tests: installing Chromium with Playwright")
        subprocess.run([str(TEST / "bin" / "playwright"), "install", "chromium"], capture_output=True)
    if not find_chromium():
        raise CannotDo("the browser tests need Chromium and none could be installed; install it with: sudo apt-get install chromium, or name it: make test CHROMIUM=/…/chromium")


def find_chromium() -> str | None:
    """Give the path of a Chromium: named, the system's, or Playwright's own."""
    for candidate in (os.environ.get("CHROMIUM"), shutil.which("chromium"), shutil.which("chromium-browser"), shutil.which("google-chrome")):
        if candidate and Path(candidate).is_file():
            return candidate
    own = sorted((Path.home() / ".cache" / "ms-playwright").glob("chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


def main(arguments: Sequence[str]) -> int:
    """Do the named steps in their order."""
    if arguments[:1] == ["keep"]:
        return keep(arguments[1:])
    with_bot = False
    try:
        for step in arguments:
            if step == "site":
                site_environment()
                catalogs(SITE / "bin" / "python")
            elif step == "test":
                test_environment()
                catalogs(TEST / "bin" / "python")
            elif step in ("bot", "bot-needed"):
                with_bot = bot_environment()
                if step == "bot-needed" and not with_bot:
                    raise CannotDo("the tests need a real assistant and so Python 3.10; see the lines above")
                if with_bot:
                    train()
            elif step == "browser":
                browser()
            elif step == "start":
                return start(with_bot)
            elif step == "talk":
                return talk()
            else:
                raise CannotDo(f"there is no step {step!r}")
    except CannotDo as reason:
        print(f"\n✗ {reason}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\n✗ stopped", file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
