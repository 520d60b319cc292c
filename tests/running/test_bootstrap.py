"""Setting up: the sentences for what goes wrong, what is installed when, and one whole `up`."""

import ast
import errno
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from r1540 import bootstrap

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project with its two lock files."""
    (tmp_path / "requirements").mkdir()
    for name in ("run", "test"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}==1 --hash=sha256:0\n")
    monkeypatch.setattr(bootstrap, "PROJECT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return tmp_path


@pytest.fixture
def installed(project, monkeypatch):
    """The names of the lock files that pip is told to install, instead of installing them."""
    names = []
    really = bootstrap.run_program

    def run(command, failure, count=0):
        if "venv" in command:
            really([*command, "--without-pip"], failure)
        else:
            names.append(Path(command[-1]).stem)

    monkeypatch.setattr(bootstrap, "run_program", run)
    return names


@pytest.fixture
def bare(tmp_path):
    """A copy of what runs before anything is installed, and a way to run it with a Python without packages."""
    (tmp_path / "r1540").mkdir()
    for name in ("manage.py", "r1540/__init__.py", "r1540/bootstrap.py"):
        shutil.copy(PROJECT / name, tmp_path / name)

    def manage(*arguments):
        command = [sys.executable, "-S", "manage.py", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    return manage


def sentence_of(done):
    """The one line that a failed command says on standard error."""
    assert done.returncode not in (0, None)
    (line,) = done.stderr.strip().splitlines()
    return line


# The lock files


@pytest.mark.parametrize("name", ["run", "test"])
def test_a_lock_names_versions_and_hashes_but_no_host(name):
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()
    assert not re.search(r"https?://|--index|--extra-index|--find-links|--trusted-host", text)
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[\w.-]+==\S+.*--hash=sha256:", entry, re.DOTALL) for entry in requirements)


def test_the_lock_for_tests_contains_the_one_to_run():
    run, test = ((PROJECT / "requirements" / f"{name}.txt").read_text() for name in ("run", "test"))
    pins = re.compile(r"^[\w.-]+==\S+", re.MULTILINE)
    assert set(pins.findall(run)) <= set(pins.findall(test))


# Which Python


@pytest.mark.parametrize("name", ["manage.py", "r1540/bootstrap.py"])
def test_an_old_python_can_read_what_tells_it_that_it_is_old(name):
    ast.parse((PROJECT / name).read_text(), feature_version=(3, 6))


def test_an_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and .* is Python 3\.9: install"):
        bootstrap.enter(["manage.py", "up"])


@pytest.mark.parametrize(
    ("missing", "ok"),
    [({"venv"}, False), ({"ensurepip"}, True), ({"pip"}, True), ({"ensurepip", "pip"}, False)],
)
def test_a_python_that_cannot_make_environments_says_what_to_install(installed, monkeypatch, missing, ok):
    monkeypatch.setattr(bootstrap, "find_module", lambda name: name not in missing)
    if ok:
        bootstrap.set_up("run")
        assert installed == ["run"]
    else:
        with pytest.raises(bootstrap.Trouble, match="apt-get install python3-venv"):
            bootstrap.set_up("run")


# What is installed when


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (["run", "run"], ["run"]),
        (["run", "test", "run", "test"], ["run", "test"]),
        (["test", "run", "test"], ["test"]),
    ],
)
def test_nothing_is_installed_twice(installed, commands, expected):
    for command in commands:
        bootstrap.set_up(command)
    assert installed == expected


def test_a_changed_lock_is_installed_and_so_is_the_old_one_when_it_is_back(project, installed):
    lock = project / "requirements" / "run.txt"
    old = lock.read_text()
    for text in (old, "run==2 --hash=sha256:1\n", old):
        lock.write_text(text)
        bootstrap.set_up("run")
    assert installed == ["run", "run", "run"]


def test_an_interrupted_installation_begins_again(installed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "install", lambda name: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bootstrap.set_up("run")
    bootstrap.set_up("run")
    assert installed == ["run"]


def test_an_environment_whose_python_is_gone_is_made_again(installed):
    bootstrap.set_up("run")
    bootstrap.PYTHON.unlink()
    bootstrap.PYTHON.symlink_to("/nowhere/python3")
    bootstrap.set_up("run")
    assert installed == ["run", "run"]


def test_two_at_once_wait_for_each_other(project):
    code = """
import pathlib, sys
from r1540 import bootstrap
bootstrap.PROJECT = pathlib.Path(sys.argv[1])
bootstrap.VENV = bootstrap.PROJECT
bootstrap.venv_version = lambda: "3.11"
bootstrap.install = lambda name: print("installed")
bootstrap.set_up("run")
"""
    (project / "var").mkdir()
    with (project / "var" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, "-c", code, project]
        second = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        assert "waiting for it" in second.stdout.readline()
    assert second.communicate(timeout=30)[0] == "installed\n"


# What goes wrong


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        (
            "NewConnectionError: [Errno -3] Temporary failure in name resolution\nERROR: No matching",
            "check the network",
        ),
        ("ERROR: No matching distribution found for psycopg-binary==3.3.9", "lacks a package.*psycopg-binary==3.3.9"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one"),
        ("ERROR: something new", "failed: something new .see .*setup.log"),
        ("", "does not say why"),
    ],
)
def test_what_pip_says_becomes_a_sentence(said, sentence):
    trouble = str(bootstrap.find_trouble(said, "It failed", "var/setup.log"))
    assert re.search(sentence, trouble)
    assert "\n" not in trouble


def test_a_full_disk_is_a_sentence(monkeypatch):
    def full(name):
        raise OSError(errno.ENOSPC, "No space left on device", "x")

    monkeypatch.setattr(bootstrap, "set_up", full)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit, match="The disk is full: free some space"):
        bootstrap.enter(["manage.py", "test"])


@pytest.mark.parametrize("bind", ["8000", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:http", ":8000", "127.0.0.1:0"])
def test_a_wrong_address_is_a_sentence(bare, bind):
    assert "is no address: write HOST:PORT" in sentence_of(bare("up", "--bind", bind))


def test_a_used_port_is_a_sentence_before_anything_is_installed(bare, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = sentence_of(bare("up", "--bind", f"127.0.0.1:{port}"))
    assert f"Port {port} of 127.0.0.1 is already used" in said
    assert f"--bind 127.0.0.1:{port + 1}" in said
    assert not (tmp_path / ".venv").exists()


def test_an_address_of_another_machine_is_a_sentence(bare):
    assert "Cannot serve on 192.0.2.1:8000" in sentence_of(bare("up", "--bind", "192.0.2.1:8000"))


def test_another_command_before_up_is_a_sentence(bare):
    assert sentence_of(bare("migrate")) == "Nothing is installed yet: run `python3 manage.py up` first."


# The whole


@pytest.fixture
def house(tmp_path):
    """A copy of the project without its data, in which .venv is ready."""
    home = tmp_path / "a house"
    shutil.copytree(PROJECT, home, ignore=shutil.ignore_patterns(".git", ".venv", "var", "tests", "__pycache__"))
    yield home
    # For root the data are elsewhere, because pytest's directories are closed.
    shutil.rmtree((home / "var" / "postgres").resolve(), ignore_errors=True)


def serve(house, port):
    """Run `up` until it says the addresses; gives the process and all that it said."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("R1540_", "DATABASE_"))}
    code = "import sys; from django.core.management import execute_from_command_line as run; run(sys.argv)"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "up", "--bind", f"127.0.0.1:{port}"],
        cwd=house,
        env=environment | {"DJANGO_SETTINGS_MODULE": "r1540.settings"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    return process, "".join(said)


def test_up_serves_the_record_and_leaves_nothing_running(house):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for password_lines in (1, 0):
        process, said = serve(house, port)
        try:
            assert f"http://127.0.0.1:{port}/admin/" in said, said
            assert said.count("  password  ") == password_lines
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/admin/login/", timeout=30) as page:
                assert page.status == 200
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=30)[0]
        assert "Traceback" not in said + rest
        assert not list(house.glob("var/postgres/data/postmaster.pid"))
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
