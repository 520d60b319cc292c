"""Make .venv from the locked requirements, for `manage.py up` and `manage.py test`, and continue inside it.

This runs before anything is installed, so it imports only the standard library, and has no syntax newer than Python
3.6, so that an old interpreter can read it and say that it is too old.
"""

import argparse
import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input"]
PIP_INSTALL = ["install", "--require-hashes", "--only-binary=:all:", "--no-deps", "--no-warn-script-location"]
# Variables that would install packages elsewhere, or take them from elsewhere.
UNWANTED = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_DRY_RUN", "PYTHONPATH", "PYTHONHOME")
WANTED = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_PROGRESS_BAR": "off", "PIP_QUIET": "0"}

DISK_FULL = f"The disk is full: free some space for {PROJECT} and run the command again."
# What pip prints when the cause is outside of it, and what a person can do.
PIP_TROUBLES = {
    r"No space left on device": DISK_FULL,
    r"DO NOT MATCH THE HASHES": (
        "A downloaded package is not the one that requirements/ names, and was not installed: "
        "check the package index (pip config list) and run the command again."
    ),
    r"Temporary failure|Name or service|NewConnection|ConnectionError|ConnectTimeout|timed out|ProxyError"
    r"|SSLError|Network is unreachable|Connection (?:refused|reset|broken)": (
        "The packages could not be downloaded, because the package index does not answer: check the network, "
        "or set PIP_INDEX_URL to a mirror that you can reach, and run the command again."
    ),
    r"(?:No matching distribution|Could not find a version).*": (
        "The package index lacks a package that is needed: check PIP_INDEX_URL; and mind that ready-made "
        "packages exist only for common machines (Linux or macOS; x86-64 or ARM). pip said: {found}"
    ),
}


class Trouble(Exception):
    """An error with a sentence for the person at the terminal: what is wrong, and what to do."""


def say(text):
    print(text, flush=True)  # flush: into a pipe nothing would be shown until the end


def enter(argv):
    """Return if this process can run `argv`; otherwise become a process that can, or exit with a sentence."""
    try:
        check_python(sys.version_info, sys.executable)
        if argv[1:2] in (["up"], ["test"]):
            prepare(argv[1], argv[2:])
        elif not PYTHON.exists() and importlib.util.find_spec("django") is None:
            raise Trouble("Nothing is installed yet: run `python3 manage.py up` first.")
        if PYTHON.exists() and not is_inside():
            become([PYTHON, *argv])
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            sys.exit(DISK_FULL)
        sys.exit(f"{error.filename or PROJECT} cannot be used: {error.strerror or error}.")


def prepare(command, arguments):
    """Prepare what `up` or `test` needs; for `test`, do not return but become pytest."""
    # SIGTERM ends what was begun, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if command == "up":
        check_address(*read_address(arguments))
        set_up("run")
        return
    set_up("test")
    os.chdir(str(PROJECT))
    chosen = any(re.match(r"-n|--numprocesses|--pdb|--co\b|--collect-only", word) for word in arguments)
    # For two cores: while one of three waits, for a browser or a server, the others work.
    become([PYTHON, "-m", "pytest", *([] if chosen else ["-n", "3", "--dist", "worksteal"]), *arguments])


def check_python(version, executable):
    if tuple(version[:2]) < OLDEST:
        raise Trouble(
            f"This needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and {executable} is Python {version[0]}."
            f"{version[1]}: install a newer one (Debian 12 and later: apt-get install python3 python3-venv) and "
            "run manage.py with it."
        )


def is_inside():
    return os.path.realpath(sys.prefix) == os.path.realpath(str(VENV))


def become(command):
    """Replace this process by another program."""
    sys.stdout.flush()
    os.execv(str(command[0]), [str(word) for word in command])


# The address


def read_address(arguments):
    """Return HOST and PORT of `--bind HOST:PORT`, checked before anything long begins."""
    parser = argparse.ArgumentParser(prog="manage.py up", add_help=False)
    parser.add_argument("--bind", default="127.0.0.1:8000")
    bind = parser.parse_known_args(arguments)[0].bind
    host, _, port = bind.rpartition(":")
    if not host or not re.match(r"[0-9]{1,5}$", port) or not 0 < int(port) < 65536:
        raise Trouble(f"--bind {bind} is no address: write HOST:PORT, for example --bind 127.0.0.1:8001.")
    return host.strip("[]"), int(port)


def check_address(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with contextlib.closing(socket.socket(family)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise Trouble(
                f"Port {port} of {host} is already used, perhaps by another `manage.py up`: stop that program, "
                f"or choose another port with --bind {host}:{port % 65535 + 1}."
            ) from None
        reason = getattr(error, "strerror", None) or error
        raise Trouble(f"Cannot serve on {host}:{port} ({reason}): give another --bind HOST:PORT.") from None


# The environment


def set_up(name):
    """Install requirements/NAME.txt into .venv, unless a stamp file shows that this was done already."""
    var = PROJECT / "var"
    var.mkdir(exist_ok=True)
    with (var / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another process is setting up this directory: waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        version = venv_version()
        if version is None:
            make_venv()
            version = venv_version()
        if not stamp(name, version).exists():
            install(name)
            # The requirements of the tests contain those of the site: `up` after `test` has nothing to do.
            for done in {name, "run"}:
                stamp(done, version).touch()


def venv_version():
    """Return the version of the Python in .venv; None if it is missing, does not run, or is too old."""
    code = "import sys; print(*sys.version_info[:2], sep='.')"
    try:
        output = subprocess.check_output([str(PYTHON), "-I", "-S", "-c", code], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    version = output.decode().strip()
    return version if tuple(map(int, version.split("."))) >= OLDEST else None


def requirements(name):
    return PROJECT / "requirements" / f"{name}.txt"


def stamp(name, version):
    digest = hashlib.sha256(requirements(name).read_bytes()).hexdigest()[:16]
    return VENV / f"installed-{name}-{digest}-python{version}"


def make_venv():
    say("Making .venv with Python {}.{} ...".format(*sys.version_info[:2]))
    has_pip = find_module("ensurepip")
    if not find_module("venv") or not (has_pip or find_module("pip")):
        raise Trouble(
            "This Python cannot make virtual environments (no module venv, or neither ensurepip nor pip): "
            "sudo apt-get install python3-venv, and run the command again."
        )
    # Debian has ensurepip in a package of its own; without it, a pip outside of .venv installs into .venv.
    options = [] if has_pip else ["--without-pip"]
    run_program([sys.executable, "-m", "venv", "--clear", *options, VENV], "The directory .venv could not be made")


def find_module(name):
    return importlib.util.find_spec(name) is not None


def install(name):
    for old in VENV.glob("installed-*"):
        old.unlink()
    count = len(re.findall(r"^[\w.-]+==", requirements(name).read_text(), re.MULTILINE))
    say(f"Installing {count} packages into .venv (once; half a minute with a good network) ...")
    has_own_pip = subprocess.call([str(PYTHON), "-I", "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    pip = [PYTHON, *PIP] if has_own_pip else [sys.executable, *PIP, "--python", PYTHON]
    run_program([*pip, *PIP_INSTALL, "-r", requirements(name)], "The packages could not be installed", count)


def run_program(command, failure, count=0):
    """Run a program and show its progress. Raises Trouble if it fails, with its output in var/setup.log."""
    environment = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    environment.update(WANTED)
    process = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=str(PROJECT),
        start_new_session=True,
    )
    lines = []
    try:
        for line in process.stdout:
            lines.append(line.decode("utf-8", "replace"))
            show_progress(lines, count)
        process.wait()
    finally:
        process.stdout.close()
        if process.poll() is None:  # this process is to stop: so are the program and what it started
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
    if process.returncode:
        log = PROJECT / "var" / "setup.log"
        with contextlib.suppress(OSError):
            log.write_text("".join(lines))
        raise find_trouble("".join(lines), failure, log)


def show_progress(lines, count):
    """Show a count that is rewritten in place, at a terminal; elsewhere, print a line every ten packages."""
    if not count or not lines[-1].startswith(("Collecting ", "Installing ")):
        return
    if lines[-1].startswith("Installing "):
        return say(("\r" if sys.stdout.isatty() else "") + f"  {count} of {count} are here; unpacking ...")
    seen = sum(line.startswith("Collecting ") for line in lines)
    if sys.stdout.isatty():
        sys.stdout.write(f"\r  {seen} of {count}")
        sys.stdout.flush()
    elif seen % 10 == 0:
        say(f"  {seen} of {count} ...")


def find_trouble(output, failure, log):
    """Return the Trouble for the output of a program that failed."""
    for pattern, sentence in PIP_TROUBLES.items():
        found = re.search(pattern, output)
        if found:
            return Trouble(sentence.format(found=found.group()))
    errors = [line for line in output.splitlines() if "error" in line.lower()] or output.splitlines()
    detail = errors[-1].replace("ERROR: ", "").strip(" .") if errors else "it does not say why"
    return Trouble(f"{failure}: {detail} (see {log})")
