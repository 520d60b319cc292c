"""How long an import takes, and how much memory, at the desk: run by hand, in a throw-away database.

    python tests/benchmarks/admin_import.py [ROWS] [csv|xlsx]

Each step is one request in a process of its own, so that its peak of memory is its own. With more rows than the desk
takes it is what `importrecord` does with them.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
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
    from r1540.interchange.desk import TABLES
    from r1540.lists import files

    header = [column.name for column in TABLES["reports"].columns]
    for name, note in (("new", ""), ("changed", "Seen again.")):
        cells = (
            ["" if value is None else value for value in map(fact(number, note).get, header)] for number in range(rows)
        )
        parts = files.in_parts(cells)
        with (folder / name).open("wb") as file:
            if form == "csv":
                files.write_csv(file, header, parts)
            else:
                files.write_xlsx(file, "reports", header, parts, [])


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
    """One request, with its time, the CPU seconds of this process and the database's, and the peak of its memory."""
    django.setup()
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from r1540.interchange import desk
    from r1540.models import Import

    setup_test_environment()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    settings.VAR_DIR = folder  # the embedded server is found in the old one
    from django.contrib.auth.models import User

    desk.MOST_ROWS = None
    client = Client()
    client.force_login(User.objects.get())
    seen = folder / "seen"
    if name.startswith("preview"):
        data = (folder / ("changed" if "updates" in name else "new")).read_bytes()
        sent = client.post("/admin/files/reports/import/", {"file": SimpleUploadedFile("reports", data)})
        seen.write_text(sent["Location"])
    before, started, worked = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic(), cpu()
    if name.startswith("export"):
        answer = client.get(f"/admin/files/reports.{name.split()[1]}")
        said = f"{sum(map(len, answer.streaming_content)):,} bytes"
    elif name.startswith("preview"):
        result = client.get(seen.read_text()).context["result"]
        seen.write_text(f"{seen.read_text()} {result.digest}")
        said = dict(result.counts["reports.csv"]), result.problems[:1]
    elif name.startswith("apply"):
        address, digest = seen.read_text().split()
        client.post(address, {"seen": digest})
        said = Import.objects.first().inserted + Import.objects.first().updated
    else:
        done = Import.objects.filter(undone_at=None).first()
        client.post(f"/admin/files/reports/import/{done.key}/undo/", {"reason": "A measurement"})
        said = Import.objects.get(pk=done.pk).undone_at
    took, work = time.monotonic() - started, cpu() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory = f"{before / 1024:5.0f} -> {peak / 1024:5.0f} MB"
    print(f"{name:20} {took:6.1f} s ({work:5.1f} s of CPU)  {memory}  {said}", flush=True)


def cpu() -> float:
    """CPU seconds of this process and of the one that serves it in the database."""
    from django.db import connection

    pid = connection.connection.info.backend_pid
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


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
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, sys.argv[2] if len(sys.argv) > 2 else "csv")
