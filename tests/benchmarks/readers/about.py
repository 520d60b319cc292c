"""On what it was measured: the machine, the versions, the day."""

import datetime
import os
import platform
import shutil
import subprocess
from pathlib import Path

import servers

OF_THE_SITE = ("django", "django-tables2", "django-filter", "psycopg", "gunicorn", "granian")
ASK = "import sys, importlib.metadata as m; [print(d.name.lower(), d.version) for d in m.distributions()]"


def about(chosen, postgresql: str, pythons: dict) -> dict:
    site = packages(pythons["site"])
    return {
        "day": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} × {processor()}",
        "system": f"{platform.system()} {platform.release()}",
        "commit": commit(Path(__file__).parent),
        "before": commit(chosen.before) if chosen.before else "",
        "versions": {"Python": platform.python_version(), "PostgreSQL": postgresql}
        | {name: site[name] for name in OF_THE_SITE if name in site}
        | {name: packages(python)["datasette"] for name, python in pythons.items() if name.startswith("datasette")}
        | ({"nginx": nginx()} if nginx() else {}),
        "how": f"{chosen.rounds} rounds of {chosen.seconds:g} s a page, in random order (seed {chosen.seed}); "
        f"{servers.WORKERS} workers",
    }


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def packages(python: Path) -> dict[str, str]:
    said = subprocess.run([python, "-c", ASK], stdout=subprocess.PIPE, text=True, check=True).stdout
    return dict(line.split() for line in said.splitlines())


def commit(folder: Path) -> str:
    asked = ["git", "-C", folder, "describe", "--always", "--dirty"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def nginx() -> str:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    said = subprocess.run([program, "-v"], stderr=subprocess.PIPE, text=True, check=True).stderr if program else ""
    return said.strip().rpartition("/")[2]
