"""How long the desk needs for a large import, and how much memory: run by hand, in a throw-away database.

    python tests/benchmarks/admin_import.py [ROWS] [csv|xlsx]

Each step is the work of one job, or one request, in a process of its own, so that its peak of memory is its own.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "r1540.settings")
os.environ["R1540_THROW_AWAY"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django  # noqa: E402

STEPS = [
    *("preview", "apply", "preview again", "preview of updates", "apply of updates", "export csv", "export xlsx"),
    *("undo of updates", "undo of inserts"),
]


def make(rows, form, folder):
    """Two files of reports: new ones, and the same with one cell changed in each."""
    from r1540.interchange.desk_work import TABLES
    from r1540.lists import tabular

    header = [column.name for column in TABLES["reports"].columns]
    for name, note in (("new", ""), ("changed", "Seen again.")):
        cells = (
            ["" if value is None else value for value in map(fact(number, note).get, header)] for number in range(rows)
        )
        parts = tabular.in_parts(cells)
        with (folder / name).open("wb") as file:
            if form == "csv":
                tabular.write_csv(file, header, parts)
            else:
                tabular.write_xlsx(file, "reports", header, parts, [])


def fact(number, note):
    return {
        "reference": f"r{number:06}",
        "state": "TCD",
        "kind": "additional information",
        "submitted": f"{2005 + number % 20}-{1 + number % 12:02}-{1 + number % 28:02}",
        "symbol": "",
        "certainty": "document-cited",
        "sources": f"s{number % 500}",
        "note": note or f"A note of some length on the report with the number {number}.",
        "published": True,
    }


def step(name, folder, database):
    """What the process of one job does, with its time and the peak of this process's memory."""
    django.setup()
    from django.conf import settings
    from django.core.files import File
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from r1540.interchange import desk_work, jobs
    from r1540.models import Import

    setup_test_environment()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    settings.VAR_DIR = folder  # the embedded server is found in the old one
    from django.contrib.auth.models import User

    user = User.objects.get()
    client = Client()
    client.force_login(user)
    jobs.work = lambda job, lock: desk_work.run(job)
    seen = folder / "seen"
    if name.startswith(("preview", "apply")):
        with (folder / ("changed" if "updates" in name else "new")).open("rb") as file:
            job = jobs.make(user, "reports", "reports", File(file))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, worked = time.monotonic(), time.process_time()
    if name.startswith("export"):
        answer = client.get(f"/admin/files/reports.{name.split()[1]}")
        said = f"{sum(map(len, answer.streaming_content)):,} bytes"
    elif name.startswith("preview"):
        job.start("preview")
        seen.write_text(job.said["preview"]["digest"])
        said = job.said["preview"]["counts"]
    elif name.startswith("apply"):
        job.start("apply", seen=seen.read_text(), change=str(uuid.uuid4()))
        said = job.said["refused"] or Import.objects.first().inserted + Import.objects.first().updated
    else:
        done = Import.objects.filter(undone_at=None).first()
        job = jobs.make(user, "reports", "reports", **{"import": str(done.key), "reason": "A measurement"})
        job.start("undo", change=str(uuid.uuid4()))
        said = job.said["refused"] or "undone"
    took, work = time.monotonic() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory = f"{before / 1024:5.0f} -> {peak / 1024:5.0f} MB"
    print(f"{name:20} {took:6.1f} s ({work:5.1f} of this process)  {memory}  {said}", flush=True)


@contextmanager
def set_up(rows, form):
    """The name of a throw-away database with what the files point at, and the folder of the files."""
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    from states.models import Source
    from tests import factories

    old = setup_databases(verbosity=0, interactive=False)
    try:
        factories.state("Chad")
        factories.user()
        Source.objects.bulk_create(Source(reference=f"s{number}", title="x", published=True) for number in range(500))
        with tempfile.TemporaryDirectory() as name:
            make(rows, form, Path(name))
            yield connection.settings_dict["NAME"], Path(name)
    finally:
        teardown_databases(old, verbosity=0)


def main(rows, form):
    with set_up(rows, form) as (database, folder):
        from states.models import State
        from tests import factories

        factories.report(State.objects.get(), submitted="2004-10-27", reference="first")
        print(f"{rows:,} reports, {form}, {(folder / 'new').stat().st_size:,} bytes", flush=True)
        for name in STEPS:
            subprocess.run([sys.executable, __file__, "--step", name, folder, database], check=True)


if __name__ == "__main__":
    if "--step" in sys.argv:
        step(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 80_000, sys.argv[2] if len(sys.argv) > 2 else "csv")
