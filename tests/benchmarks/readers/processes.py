"""What processes use, from /proc: CPU time of a server with all its children, and its memory."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold spaces: state, parent, … Empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def tree(root: int) -> list[int]:
    """A process and all its descendants."""
    parents = {int(path.name): fields(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdecimal()}
    found = [root]
    for pid in found:
        found += [child for child, of in parents.items() if of and int(of[1]) == pid]
    return found


def seconds(pids) -> float:
    """CPU seconds of these processes, and of children they have waited for."""
    return sum(sum(map(int, fields(pid)[11:15])) for pid in pids) / TICK


def megabytes(pids) -> float:
    """Memory of these processes; what several share is counted once (proportional set size)."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def backends(postmaster: int) -> list[int]:
    """PostgreSQL's processes that work for clients, and their parent, to which the ended ones' time is added."""
    background = (b"postgres: checkpointer", b"postgres: background", b"postgres: walwriter", b"postgres: autovacuum",
                  b"postgres: logical", b"postgres: io worker")  # fmt: skip
    return [pid for pid in tree(postmaster) if not command(pid).startswith(background)]


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
