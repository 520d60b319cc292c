"""One reading of document symbols: in the form, an import, the filter of a list, and the searches."""

import re

import pytest

from states.models import Report
from states.models.report import SYMBOL, read_symbol
from tests import factories
from tests.desk.admin_client import log, signed_in
from tests.files.imports import press, send, with_row
from tests.public.addresses import asking

pytestmark = pytest.mark.django_db

RIGHT = "S/AC.44/2004/(02)/22/Add.1"
WRITTEN = [
    RIGHT,
    "s/ac.44/2004/(02)/22/add.1",
    " S/AC.44/2004/(02)/ 22/Add. 1\u00a0",
    "S/AC.44/2004/(02)/22/Add.1.",
    "S/AC.44/2004/(2)/22/ADD.1",
    "S/AC44/2004/02/22/Add1,",
    "\u200eS/AC.44/2004/\n(02)/22/Add.1\u202c",
]


@pytest.mark.parametrize("text", WRITTEN, ids=ascii)
def test_a_symbol_is_read_as_the_committee_writes_it(text):
    assert read_symbol(text) == RIGHT


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("s/ac.44", "S/AC.44"),
        ("2004/(2)", "2004/(02)"),
        ("(02)/22", "(02)/22"),
        ("S/AC.44/2007/10", "S/AC.44/2007/10"),
        ("s/ac.44/2013/3", "S/AC.44/2013/3"),
        ("add.2", "add.2"),
        ("S/RES/1540", "S/RES/1540"),
        ("S/AC.444/2004", "S/AC.444/2004"),
    ],
)
def test_a_part_of_a_symbol_is_read_so_too(text, read):
    assert read_symbol(text) == read
    assert read_symbol(read) == read


@pytest.mark.parametrize("text", WRITTEN[:6], ids=ascii)
def test_the_form_reads_it(text):
    log(signed_in(None), factories.state("Chad"), symbol=text)
    assert Report.objects.get().symbol == RIGHT


@pytest.mark.parametrize("text", WRITTEN[:6], ids=ascii)
def test_an_import_reads_it(text):
    factories.report(factories.state("Chad"))
    client = signed_in(None)
    press(client, send(client, "reports", with_row("reports", symbol=text)))
    assert Report.objects.get().symbol == RIGHT


@pytest.mark.parametrize("text", [*WRITTEN, "ac.44/2004/(2)/22"], ids=ascii)
def test_the_filter_and_the_searches_read_it(client, text):
    report = factories.report(factories.state("Chad"), symbol=RIGHT, published=True)
    factories.report(factories.state("France"), symbol="S/AC.44/2004/(02)/2", published=True)
    found = client.get(asking("reports", symbol=text.strip(), format="json", cols="reference")).json()["results"]
    assert [row["reference"] for row in found] == [report.reference]
    assert f'#{report.reference}"' in client.get(asking("search", q=text), follow=True).text
    page = client.get("/admin/states/report/", {"q": text.replace("\n", "")}, follow=True).text
    assert "1 report" in page and "2 reports" not in page


def test_the_constraint_takes_what_is_read():
    assert all(re.match(SYMBOL, read_symbol(text)) for text in WRITTEN)
