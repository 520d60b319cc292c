"""The record as files: what is written is read back, and what is wrong is named."""

import io
import json
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from r1540 import interchange
from r1540.door import views
from r1540.interchange import spreadsheets, table_import
from r1540.lists.files import in_parts, write_csv
from states.models import ActionPlan, Membership, Organization, Report, Source, State
from tests import factories
from visits.models import Visit

pytestmark = pytest.mark.django_db

HOSTILE = '=1+1\r\n\'"Côte, d’Ivoire" |_x000D_'


@pytest.fixture
def folder(tmp_path):
    """A record of a few rows, of every kind, in files; the same rows are in the database."""
    chad, congo = factories.state("Chad"), factories.state("Congo")
    source, other = factories.source(reference="dc1"), factories.source(reference="dc2", published=True)
    cis = factories.organization(acronym="CIS")
    factories.create(Membership, state=chad, organization=cis, joined="2001", left="2010-05-01")
    facts = {"sources": [source, other], "published": True}
    factories.create(
        Report,
        state=chad,
        kind="first report",
        submitted="2004-10",
        reference="TCD-first-report",
        note=HOSTILE,
        **facts,
    )
    factories.create(
        Report,
        state=congo,
        kind="first report",
        submitted="[..2013-01-15]",
        reference="COG-first-report",
        internal_note="x",
    )
    first = factories.create(ActionPlan, state=chad, number=1, announced="2010", reference="TCD-1")
    factories.create(ActionPlan, state=chad, number=2, announced="2014", reference="A-2", supersedes=first, **facts)
    factories.create(
        Visit,
        state=chad,
        starts="2013-01-15",
        stated_order=1,
        reference="TCD-2013",
        organizations=[cis],
        published=True,
    )
    interchange.write(tmp_path / "record")
    return tmp_path / "record"


def table(folder, file):
    header, lines = spreadsheets.read_table(io.BytesIO((folder / file).read_bytes()))
    lines = list(lines)
    assert not any(line.problems for line in lines)
    return header, [line.cells for line in lines]


def rewrite(folder, file, header, rows):
    with (folder / file).open("wb") as stream:
        write_csv(stream, header, in_parts(rows), bom=False)


def change(folder, file, key, **values):
    """Change cells of the row whose first cell is `key`; return the number of its line."""
    header, rows = table(folder, file)
    number = next(number for number, row in enumerate(rows) if row[0] == key)
    for name, value in values.items():
        rows[number][header.index(name)] = value
    rewrite(folder, file, header, rows)
    return 2 + sum(1 + "".join(row).count("\n") for row in rows[:number])


def add(folder, file, **values):
    """Add a row: a copy of the first with other values."""
    header, rows = table(folder, file)
    rewrite(folder, file, header, [*rows, [values.get(name, cell) for name, cell in zip(header, rows[0], strict=True)]])


def remove_all():
    delete = "; ".join(f"DELETE FROM {model._meta.db_table}" for model in views.models())
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL DEFERRED; {delete}; SET CONSTRAINTS ALL IMMEDIATE")


def apply(folder, **kwargs):
    return interchange.apply(interchange.read(folder), **kwargs)


def outcomes(result):
    return {file: {name: n for name, n in counts.items() if n} for file, counts in result.counts.items() if counts}


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_empty_database_gets_the_same_record(folder, tmp_path):
    before = content(folder)
    remove_all()
    result = apply(folder)
    assert result.is_ok
    assert outcomes(result)["reports.csv"] == {"inserted": 2}
    interchange.write(tmp_path / "again")
    assert content(tmp_path / "again") == before
    assert Report.objects.get(reference="TCD-first-report").note == HOSTILE
    assert ActionPlan.objects.get(reference="A-2").supersedes.reference == "TCD-1"


def test_importing_what_is_there_changes_nothing(folder):
    result = apply(folder)
    assert result.is_ok
    assert {name for counts in result.counts.values() for name in counts} == {"unchanged"}
    assert sum(sum(counts.values()) for counts in result.counts.values()) == 11


@pytest.mark.parametrize(
    ("file", "key", "values"),
    [
        ("states.csv", "TCD", {"formal_name": "Republic of the Chad"}),
        ("memberships.csv", "CIS", {"left": "2011-05-01", "certainty": "press"}),
        ("reports.csv", "TCD-first-report", {"submitted": "2004-10-27"}),
        ("reports.csv", "TCD-first-report", {"sources": "dc2"}),
        ("reports.csv", "TCD-first-report", {"sources": "", "published": "false"}),
        ("reports.csv", "COG-first-report", {"sources": "dc1", "internal_note": ""}),
        ("action_plans.csv", "A-2", {"supersedes": ""}),
        ("visits.csv", "TCD-2013", {"organizations": "", "stated_order": ""}),
    ],
)
def test_a_row_that_differs_is_updated(folder, tmp_path, file, key, values):
    change(folder, file, key, **values)
    result = apply(folder)
    assert result.is_ok
    assert outcomes(result)[file]["updated"] == 1
    assert sum(counts.get("updated", 0) for counts in outcomes(result).values()) == 1
    interchange.write(tmp_path / "again")
    assert content(tmp_path / "again") == content(folder)


def test_rows_come_in_the_order_of_their_keys_not_of_entry(folder):
    assert [row[0] for row in table(folder, "reports.csv")[1]] == ["COG-first-report", "TCD-first-report"]
    assert [row[0] for row in table(folder, "action_plans.csv")[1]] == ["A-2", "TCD-1"]


def test_rows_that_are_not_in_the_files_stay(folder):
    rewrite(folder, "visits.csv", table(folder, "visits.csv")[0], [])
    assert apply(folder).is_ok
    assert Visit.objects.count() == 1


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(folder):
    change(folder, "states.csv", "TCD", formal_name="Republic of the Chad")
    add(folder, "sources.csv", reference="dc3")
    result = apply(folder, dry_run=True)
    assert result.is_ok
    assert outcomes(result)["states.csv"] == {"updated": 1, "unchanged": 1}
    assert outcomes(result)["sources.csv"] == {"inserted": 1, "unchanged": 2}
    assert not State.objects.filter(formal_name="Republic of the Chad").exists()
    assert Source.objects.count() == 2


def test_with_one_bad_row_nothing_is_written(folder):
    add(folder, "sources.csv", reference="dc3")
    change(folder, "reports.csv", "TCD-first-report", submitted="2003")
    result = apply(folder)
    assert [problem.file for problem in result.problems] == ["reports.csv"]
    assert Source.objects.count() == 2


BAD = {
    "impossible date": ("reports.csv", "TCD-first-report", "submitted", "2004-02-30", "February 2004 has 29 days"),
    "no date": ("reports.csv", "TCD-first-report", "submitted", "", "This column cannot be empty."),
    "date in numbers": ("reports.csv", "TCD-first-report", "submitted", "01/02/2004", "write the month as a word"),
    "impossible day": ("states.csv", "TCD", "admitted_on", "1960-02-30", "is not a day"),
    "basic ISO day": ("states.csv", "TCD", "admitted_on", "19600220", "is not a day"),
    "neither true nor false": ("reports.csv", "TCD-first-report", "published", "yes", "neither true nor false"),
    "no number": ("visits.csv", "TCD-2013", "stated_order", "1_0", "is not a whole number"),
    "number too small": ("visits.csv", "TCD-2013", "stated_order", "0", "greater than or equal to 1"),
    "number too large": ("visits.csv", "TCD-2013", "stated_order", "9" * 18, "less than or equal to"),
    "no such choice": ("reports.csv", "TCD-first-report", "kind", "letter", "none of: first report, additional"),
    "recollection": ("reports.csv", "TCD-first-report", "certainty", "recollection", "none of: document-cited"),
    "no link": ("reports.csv", "TCD-first-report", "link", "javascript:alert(1)", "valid URL"),
    "too long": ("states.csv", "TCD", "name", "x" * 101, "at most 100 characters"),
    "malformed symbol": ("reports.csv", "TCD-first-report", "symbol", "S/2004/1", "A symbol of the Committee reads"),
    "unknown State": ("reports.csv", "TCD-first-report", "state", "XXX", "“XXX” is neither in states.csv"),
    "unknown source": ("reports.csv", "TCD-first-report", "sources", "dc1|dc9", "“dc9” is neither in sources.csv"),
    "source twice": ("reports.csv", "TCD-first-report", "sources", "dc1|dc1", "no list of different keys"),
    "unknown plan": ("action_plans.csv", "A-2", "supersedes", "TCD-9", "neither in action_plans.csv"),
    "empty key": ("sources.csv", "dc1", "reference", "", "This column cannot be empty."),
    "malformed key": ("sources.csv", "dc1", "reference", "a b", "Letters, digits and hyphens only."),
    "key twice": ("sources.csv", "dc2", "reference", "dc1", "Line 2 has the same reference already."),
    "rule of a row": (
        "reports.csv",
        "TCD-first-report",
        "submitted",
        "2003",
        "Nothing is recorded before 28 April 2004",
    ),
    "rule over rows": ("reports.csv", "COG-first-report", "state", "TCD", "a State has one first report"),
    "unique column": ("states.csv", "TCD", "iso2", "CG", "already exists"),
    "plan of another State": ("action_plans.csv", "A-2", "state", "COG", "can only update a plan of the same State"),
}


@pytest.mark.parametrize(("file", "key", "column", "value", "reason"), BAD.values(), ids=BAD)
def test_a_bad_row_is_named_by_file_line_column_and_reason(folder, file, key, column, value, reason):
    line = change(folder, file, key, **{column: value})
    problems = [problem for problem in apply(folder).problems if problem.line == line]
    assert [(problem.file, problem.line) for problem in problems] == [(file, line)]
    assert column in problems[0].column.split(", ") or (column, problems[0].column) == ("state", "supersedes")
    assert reason in problems[0].reason
    assert str(problems[0]).startswith(f"{file}, line {line}, column ")


def test_a_rule_that_looks_at_other_rows_sees_the_files(folder):
    """The first of two visits by their order is on the later day: neither is in the database."""
    remove_all()
    add(folder, "visits.csv", reference="TCD-2012", starts="2012-01-15", stated_order="2")
    problems = apply(folder).problems
    assert {(problem.file, problem.column) for problem in problems} == {("visits.csv", "stated_order")}
    assert "on the other side of" in problems[0].reason


def test_every_bad_row_is_named_and_no_row_because_another_is_bad(folder):
    change(folder, "states.csv", "TCD", m49="1")
    change(folder, "sources.csv", "dc2", published="perhaps")
    change(folder, "reports.csv", "COG-first-report", submitted="2003")
    result = apply(folder)
    assert [(problem.file, problem.column) for problem in result.problems] == [
        ("states.csv", "m49"),
        ("sources.csv", "published"),
        ("reports.csv", "submitted"),
    ]
    assert outcomes(result)["reports.csv"] == {"with problems": 1, "not checked": 1}


def test_rows_that_point_at_a_row_the_database_refuses_are_not_blamed(folder):
    remove_all()
    change(folder, "states.csv", "TCD", iso2="CG")
    result = apply(folder)
    assert [(problem.file, problem.column) for problem in result.problems] == [("states.csv", "iso2")]
    assert outcomes(result)["reports.csv"] == {"inserted": 1, "not checked": 1}
    assert State.objects.count() == 0


def test_a_rule_broken_only_until_the_next_row_is_saved_is_kept(folder):
    """The first membership now ends where a second begins; and the other way round."""
    change(folder, "memberships.csv", "CIS", left="")
    assert apply(folder).is_ok
    change(folder, "memberships.csv", "CIS", left="2012")
    add(folder, "memberships.csv", number="2", joined="2013", left="")
    assert apply(folder).is_ok
    header, rows = table(folder, "memberships.csv")
    rows[0][header.index("left")], rows[1][header.index("joined")] = "2019-12-31", "2020-01-01"
    rewrite(folder, "memberships.csv", header, rows)
    assert apply(folder).is_ok
    assert [str(row.left or row.joined) for row in Membership.objects.order_by("number")] == [
        "31 December 2019",
        "1 January 2020",
    ]


@pytest.mark.parametrize("count", [1, 40, 1100])
def test_bad_rows_among_many_good_ones_are_found(folder, count):
    header, rows = table(folder, "sources.csv")
    base = dict(zip(header, rows[0], strict=True))
    more = [base | {"reference": f"s{number}"} for number in range(1500)]
    rewrite(folder, "sources.csv", header, rows + [list(row.values()) for row in more])
    header, rows = table(folder, "reports.csv")
    base = dict(zip(header, rows[0], strict=True)) | {"kind": "additional information"}
    more = [
        base | {"reference": f"r{number}", "submitted": "2003" if number < count else "2015", "sources": f"s{number}"}
        for number in range(1200)
    ]
    rewrite(folder, "reports.csv", header, rows + [list(row.values()) for row in more])
    result = apply(folder)
    assert len(result.problems) == count
    assert {problem.column for problem in result.problems} == {"submitted"}
    assert outcomes(result)["reports.csv"] == {"inserted": 1200 - count, "with problems": count, "unchanged": 2}


@pytest.mark.parametrize(
    ("spoil", "file", "reason"),
    [
        (lambda folder: (folder / "visits.csv").unlink(), "visits.csv", "The file is missing."),
        (lambda folder: (folder / "people.csv").write_text("a\n"), "people.csv", "no file of the record"),
        (lambda folder: (folder / "visits.csv").write_bytes(b""), "visits.csv", "The first line must name"),
        (lambda folder: (folder / "visits.csv").write_bytes(b"\xff"), "visits.csv", "not UTF-8"),
        (lambda folder: rename(folder, "reference", "key"), "visits.csv", "The column reference is missing, and"),
        (lambda folder: rename(folder, "starts", "start"), "visits.csv", "“start” is no column of this file."),
        (lambda folder: rename(folder, "starts", "ends"), "visits.csv", "The column ends is there 2 times."),
    ],
    ids=["missing file", "unknown file", "empty file", "not UTF-8", "missing key", "unknown column", "column twice"],
)
def test_a_folder_that_is_no_whole_record_is_refused(folder, spoil, file, reason):
    change(folder, "states.csv", "TCD", formal_name="Republic of the Chad")
    spoil(folder)
    result = apply(folder)
    assert reason in " ".join(problem.reason for problem in result.problems if problem.file == file)
    assert result.counts == {}
    assert not State.objects.filter(formal_name="Republic of the Chad").exists()


def rename(folder, name, new):
    header, rows = table(folder, "visits.csv")
    rewrite(folder, "visits.csv", [new if column == name else column for column in header], rows)


def test_a_record_of_before_a_kind_of_fact_was_known_is_whole_without_its_file(folder):
    (folder / "visits.csv").unlink()
    described = json.loads((folder / "datapackage.json").read_text())
    described["resources"] = [one for one in described["resources"] if one["path"] != "visits.csv"]
    (folder / "datapackage.json").write_text(json.dumps(described))
    before = Visit.objects.count()
    result = apply(folder)
    assert (result.problems, "visits.csv" in outcomes(result), Visit.objects.count()) == ([], False, before)


def test_without_a_descriptor_that_can_be_read_every_file_must_be_there(folder):
    for spoilt in ("[]", "{", '{"resources": [{}]}'):
        (folder / "datapackage.json").write_text(spoilt)
        assert not apply(folder).problems
    (folder / "visits.csv").unlink()
    assert [problem.file for problem in apply(folder).problems] == ["visits.csv"]


def test_columns_may_come_in_any_order(folder):
    header, rows = table(folder, "visits.csv")
    rewrite(folder, "visits.csv", header[::-1], [row[::-1] for row in rows])
    assert outcomes(apply(folder))["visits.csv"] == {"unchanged": 1}


def without(folder, file, *names):
    header, rows = table(folder, file)
    kept = [number for number, name in enumerate(header) if name not in names]
    rewrite(folder, file, [header[number] for number in kept], [[row[number] for number in kept] for row in rows])


def test_a_column_that_a_file_lacks_is_left_as_it_is(folder):
    change(folder, "reports.csv", "TCD-first-report", submitted="2004-11")
    without(folder, "reports.csv", "note", "sources", "published", "state", "kind")
    assert outcomes(apply(folder))["reports.csv"] == {"updated": 1, "unchanged": 1}
    report = Report.objects.get(reference="TCD-first-report")
    assert (str(report.submitted), report.note, report.published) == ("November 2004", HOSTILE, True)
    assert report.sources.count() == 2


def test_a_new_row_has_the_defaults_of_the_columns_that_its_file_lacks(folder):
    add(folder, "sources.csv", reference="dc3", published="true")
    without(folder, "sources.csv", "note", "link", "published")
    assert apply(folder).is_ok
    source = Source.objects.get(reference="dc3")
    assert (source.published, source.link) == (False, "")


def test_a_new_row_without_a_column_that_it_needs_is_named(folder):
    add(folder, "reports.csv", reference="TCD-2")
    without(folder, "reports.csv", "state", "submitted", "kind")
    problems = apply(folder).problems
    assert {(problem.line, problem.column) for problem in problems} >= {(5, "state"), (5, "submitted"), (5, "kind")}
    assert {problem.reason for problem in problems} == {table_import.NEEDED}


def test_the_public_record_has_only_what_the_public_may_see(folder, tmp_path):
    interchange.write(tmp_path / "public", is_public=True)
    header, rows = table(tmp_path / "public", "reports.csv")
    assert [row[0] for row in rows] == ["TCD-first-report"]
    assert rows[0][header.index("sources")] == "dc2"
    assert {row[header.index("internal_note")] for row in rows} == {""}
    header, rows = table(tmp_path / "public", "action_plans.csv")
    assert [(row[0], row[header.index("supersedes")]) for row in rows] == [("A-2", "")]
    remove_all()
    assert apply(tmp_path / "public").is_ok


def test_a_folder_that_holds_something_else_is_not_written_to(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear colleague")
    with pytest.raises(interchange.NotARecordError, match="is not empty and holds no record"):
        interchange.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_record_is_replaced_and_other_files_in_its_folder_stay(folder):
    (folder / "README.md").write_text("Mine")
    before = content(folder)
    Visit.objects.all().delete()
    interchange.write(folder)
    assert content(folder)["README.md"] == b"Mine"
    assert content(folder)["visits.csv"] != before["visits.csv"]
    assert content(folder).keys() == before.keys()


def test_the_description_names_every_column_and_key(folder):
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert len(package["resources"]) == len(interchange.TABLES)
    for resource in package["resources"]:
        schema = resource["schema"]
        names = [field["name"] for field in schema["fields"]]
        assert names == table(folder, resource["path"])[0]
        assert set(schema["primaryKey"]) <= set(names)
        assert schema["missingValues"] == [""]
        for pointer in schema["foreignKeys"]:
            assert pointer["fields"] in names
            assert pointer["reference"]["resource"] in ["", *(other["name"] for other in package["resources"])]


def test_the_number_of_queries_does_not_grow_with_the_rows(folder, django_assert_max_num_queries):
    header, rows = table(folder, "sources.csv")
    base = dict(zip(header, rows[0], strict=True))
    more = [list((base | {"reference": f"s{number}"}).values()) for number in range(300)]
    rewrite(folder, "sources.csv", header, rows + more)
    with django_assert_max_num_queries(200):  # of eleven tables
        assert apply(folder).is_ok
    assert Source.objects.count() == 302


def test_the_commands_export_and_import(folder, tmp_path, capsys):
    call_command("exportrecord", tmp_path / "out")
    assert content(tmp_path / "out") == content(folder)
    change(folder, "states.csv", "TCD", formal_name="Republic of the Chad")
    call_command("importrecord", folder, "--dry-run")
    assert "Nothing was changed: this was a dry run." in capsys.readouterr().out
    call_command("importrecord", folder)
    words = capsys.readouterr()
    assert "The record is imported." in words.out
    assert ["states.csv", "0", "1", "1", "0", "0"] in [line.split() for line in words.out.splitlines()]
    assert words.err == ""
    assert State.objects.filter(formal_name="Republic of the Chad").exists()


def test_the_import_command_names_the_first_problems_and_counts_them_all(folder, capsys):
    for number in range(60):
        add(folder, "sources.csv", reference=f"s{number}", published="perhaps")
    with pytest.raises(CommandError, match="Problems: 60. The first 50 are shown, 10 are not. Nothing was changed."):
        call_command("importrecord", folder)
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == 50
    assert shown[0] == "sources.csv, line 4, column published: “perhaps” is neither true nor false."


def test_the_import_command_tells_of_progress_when_it_takes_long(folder, capsys, monkeypatch):
    clock = iter(range(0, 100_000, 10))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    add(folder, "sources.csv", reference="dc3")
    call_command("importrecord", folder)
    assert "sources.csv: 3 of 3 rows" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["importrecord", "exportrecord"])
def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path, command, capsys):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError):
        call_command(command, tmp_path / "file")


def test_an_organization_of_many_is_joined_in_one_order(folder):
    visit = Visit.objects.get()
    visit.organizations.set([factories.organization(acronym="AU"), *Organization.objects.filter(acronym="CIS")])
    assert b"AU|CIS" in dict(interchange.files())["visits.csv"]
