"""What an import costs beside django-import-export's: the same new reports from the same CSV file, seen first, then
applied; CPU seconds of the process and of the database's. Run by hand, in a throw-away database.

    python tests/benchmarks/imports.py [ROWS]

The desk shows each cell that changes, tries every rule and names what breaks one by line, column and reason; it applies
what was seen or nothing, and it can be undone as a whole. Django-import-export is asked as its documentation shows it:
each row is looked up, compared and saved by itself, in a trial as well, which is rolled back; clean_model_instances,
which asks the models' rules in Python too, is left off. The triggers of the history and all constraints are the same.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

import admin_import  # noqa: E402 - sets what Django needs to know
import django  # noqa: E402

PEER, OURS = "django-import-export", "at the desk"
STEPS = [(OURS, "preview"), (PEER, "preview"), (OURS, "apply"), (PEER, "apply")]


def ours(folder, is_trial):
    from r1540 import interchange
    from r1540.interchange.desk import TABLES

    seen = folder / "digest"
    began = admin_import.cpu()
    with (folder / "new").open("rb") as file:
        record = interchange.read_file(TABLES["reports"], file, "reports")
        result = interchange.apply(record, is_trial, expected=None if is_trial else seen.read_text())
    seen.write_text(result.digest)
    assert result.is_ok and result.is_applied is not is_trial, result.problems[:1]
    return began


def theirs(folder, is_trial):
    import tablib
    from import_export import fields, resources, widgets

    from r1540.as_at.when import When
    from states.models import Report, Source, State

    class WhenWidget(widgets.Widget):
        def clean(self, value, row=None, **kwargs):
            return When.parse(value) if value else None

        def render(self, value, obj=None, **kwargs):
            return value.edtf if value else ""

    days = ("submitted", "received", "symbol_assigned", "issued")

    class ReportResource(resources.ModelResource):
        state = fields.Field("state", "state", widgets.ForeignKeyWidget(State, "iso3"))
        sources = fields.Field("sources", "sources", widgets.ManyToManyWidget(Source, "|", "reference"))

        class Meta:
            model = Report
            fields = (*admin_import.fact(0, ""), *days, "language", "link", "internal_note")
            import_id_fields = ["reference"]
            skip_unchanged = use_transactions = True

    for name in days:
        ReportResource.fields[name] = fields.Field(name, name, WhenWidget())
    began = admin_import.cpu()
    rows = tablib.Dataset().load((folder / "new").read_text(encoding="utf-8-sig"), format="csv")
    result = ReportResource().import_data(rows, dry_run=is_trial)
    assert not result.has_errors(), result.row_errors()[:1]
    return began


def step(whose, what, folder, database):
    """One of the steps, in a process of its own."""
    django.setup()
    from django.db import connection

    from states.models import Report

    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    before = Report.objects.count()
    began = (ours if whose == OURS else theirs)(folder, what == "preview")
    print(json.dumps([admin_import.cpu() - began, Report.objects.count() - before]))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM states_report_sources; DELETE FROM states_report")
    connection.close()


def peer(folder) -> Path:
    """Django-import-export beside the packages of this environment."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "django-import-export"], check=True)
    (packages,) = folder.glob("lib/*/site-packages")
    (packages / "of_the_site.pth").write_text("\n".join(path for path in sys.path if path.endswith("-packages")))
    return python


def main(rows):
    with admin_import.set_up(rows, "csv") as (database, folder):
        pythons = {OURS: sys.executable, PEER: peer(folder / "peer")}
        spent = {}
        for whose, what in STEPS:
            command = [pythons[whose], __file__, "--step", whose, what, folder, database]
            said = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
            spent[whose, what], made = json.loads(said)
            print(f"{what:8} {whose:20} {spent[whose, what]:7.1f} s of CPU, {made:,} rows", flush=True)
        for what in ("preview", "apply"):
            print(f"{what}: {spent[PEER, what] / spent[OURS, what]:.1f} times as fast")


if __name__ == "__main__":
    if "--step" in sys.argv:
        step(*sys.argv[2:4], Path(sys.argv[4]), sys.argv[5])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
