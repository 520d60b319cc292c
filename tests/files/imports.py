"""What the tests of import and export at the desk share: files of a table, and what a person does with them."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from r1540 import interchange
from r1540.interchange import spreadsheets
from r1540.lists import files
from r1540.models import Import

TABLES = {table.name: table for table in interchange.TABLES}
FORMS = ["csv", "xlsx"]


def content(table, form="csv", **changes):
    """A table as it is in the database, as a file; `changes`: cells by key, or None to leave the row out."""
    table = TABLES[table]
    header = [column.name for column in table.columns]
    parts = interchange.parts(table, table.model.objects.all())
    found = [dict(zip(header, row, strict=True)) for part in parts for row in zip(*part, strict=True)]
    cells = [list((row | changes.get(row[header[0]], {})).values()) for row in found]
    return written(header, cells, form)


def written(header, cells, form="csv"):
    file, parts = io.BytesIO(), files.in_parts(cells)
    if form == "csv":
        files.write_csv(file, header, parts)
    else:
        files.write_xlsx(file, "Reports", header, parts, [])
    return file.getvalue()


def with_row(table, **values):
    """A file of one row: the first of the table with other values."""
    table = TABLES[table]
    header = [column.name for column in table.columns]
    first, *_ = zip(*next(interchange.parts(table, table.model.objects.all())), strict=True)
    return written(header, [[values.get(name, cell) for name, cell in zip(header, first, strict=True)]])


def send(client, table, data, name="file.csv"):
    """Upload a file; the answer of its preview."""
    return client.post(reverse("desk-import", args=[table]), {"file": SimpleUploadedFile(name, data)}, follow=True)


def press(client, answer):
    """Apply what a preview shows."""
    return client.post(answer.request["PATH_INFO"], {"seen": answer.context["result"].digest}, follow=True)


def shown(answer):
    """The rows that a preview shows, those to be updated first, each with its cells: (column, old, new)."""
    return [row for _, rows, _ in answer.context["groups"] for row in rows]


def counts(answer):
    """How many rows of each outcome a preview counts."""
    return answer.context["counts"]


def problems(answer):
    return [(problem.line, problem.column, problem.reason) for problem in answer.context["problems"]]


def changed(table, new=(), **changes):
    """A file of a table as it is, with changed cells, and with more rows like its first."""
    header = [column.name for column in TABLES[table].columns]
    rows = written_rows(content(table, **changes))
    rows += [list((dict(zip(header, rows[0], strict=True)) | one).values()) for one in new]
    return written(header, rows)


def written_rows(data):
    return [line.cells for line in spreadsheets.read_table(io.BytesIO(data))[1]]


def import_of(client, table, data):
    done = press(client, send(client, table, data)).context["done"]
    assert Import.objects.filter(pk=done.pk).exists()
    return done


def undo(client, done, reason="The wrong file"):
    return client.post(reverse("desk-undo", args=[done.table, done.key]), {"reason": reason}, follow=True)


def whole(header, lines):
    """A table that was read to its end: its header, its rows, and what is wrong with them."""
    lines = list(lines)
    return header, lines, [problem for line in lines for problem in line.problems]
