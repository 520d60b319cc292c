"""Our pages beside their peers', under readers: python3 tests/benchmarks/readers/run.py --help

Sets up all it needs, measures in random order by turns, prints a table and writes it to results/. See README.md.
"""

import argparse
import datetime
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
VAR = PROJECT / "var" / "readers"
sys.path[:0] = [str(PROJECT), str(HERE)]

PEERS = ("datasette-0.65", "datasette-1.0")


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round of a second, once over, 16 readers")
    parser.add_argument("--scale", type=numbers, default=[1, 10, 100], help="how many times the record: 1,10,100")
    parser.add_argument("--readers", type=numbers, default=[1, 16, 64], help="readers at once: 1,16,64")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="how long each page is read in a round")
    parser.add_argument("--only", default="", metavar="WORD", help="only pages with this in their name")
    parser.add_argument("--before", type=Path, metavar="PATH", help="another checkout, measured beside this one")
    parser.add_argument("--name", default="", help="of the results' files")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the random order")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.scale, chosen.readers, chosen.rounds, chosen.seconds = [1], [16], 1, 1.0
    if chosen.before:
        chosen.before = chosen.before.resolve()
    return chosen


def enter_environment():
    """Go on inside the project's .venv, made first if it is not there."""
    if Path(sys.prefix).resolve() == (PROJECT / ".venv").resolve():
        return
    python = site_python(PROJECT)
    os.execv(python, [python, *sys.argv])


def site_python(checkout: Path) -> Path:
    """The Python of a checkout's own .venv, made by its own means if it is not there."""
    python = checkout / ".venv" / "bin" / "python"
    if not python.exists():
        make = [sys.executable, "-c", "from r1540 import bootstrap; bootstrap.set_up('run')"]
        subprocess.run(make, cwd=checkout, check=True)
    return python


def peers_python(name: str) -> Path:
    """The Python of a peer's own environment, made from its locked requirements when they change."""
    locked, folder = HERE / "peers" / f"{name}.txt", VAR / name
    python, stamp = folder / "bin" / "python", folder / "locked.txt"
    if not stamp.exists() or stamp.read_bytes() != locked.read_bytes():
        print(f"Installing {name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([python, *pip, "--require-hashes", "-r", locked], check=True)
        stamp.write_bytes(locked.read_bytes())
    return python


def main():
    chosen = options()
    enter_environment()
    import about
    import measuring
    import tables
    from databases import Databases
    from stage import Stage

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops the servers, as Ctrl-C does
    VAR.mkdir(parents=True, exist_ok=True)
    pythons = {"site": site_python(PROJECT)} | {name: peers_python(name) for name in PEERS}
    if chosen.before:
        pythons["before"] = site_python(chosen.before)
    databases = Databases(VAR)
    found = {"about": about.about(chosen, databases.version, pythons), "once": [], "rounds": [], "memory": []}
    for times in chosen.scale:
        print(f"The record {times} times over: databases and servers ...", flush=True)
        with Stage(databases, VAR, times, pythons, chosen.before) as stage:
            measuring.measure(stage, chosen, random.Random(chosen.seed), found)
        text = tables.written(found)  # after each size: who stops it keeps what was measured
        save(chosen.name or ("quick" if chosen.quick else "run"), text, found)
    print(f"\n{text}")


def save(name: str, text: str, found: dict):
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    stem = results / f"{datetime.date.today()}-{name}"
    stem.with_suffix(".md").write_text(text, encoding="utf-8")
    stem.with_suffix(".json").write_text(json.dumps(found, indent=1, default=str), encoding="utf-8")
    print(f"Written to {stem}.md and .json")


if __name__ == "__main__":
    main()
