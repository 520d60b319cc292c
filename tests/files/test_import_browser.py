"""An import in a real browser, without JavaScript: a file with errors, then the corrected one, applied."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import expect

from r1540.models import Import
from states.models import Report, State
from tests import factories
from tests.browsing import broken_rules

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture
def page(browser, live_server, publisher, client, settings, tmp_path):
    """A page of a Publisher, in a browser that runs no script."""
    settings.VAR_DIR = tmp_path / "var"
    client.force_login(publisher)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, accept_downloads=True)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    yield context.new_page()
    context.close()


def corrected(data, **cells):
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    rows[0] |= cells
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def send(page, data):
    page.get_by_label("File").set_input_files({"name": "reports.csv", "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Preview").click()


def test_an_import_with_errors_then_the_corrected_file_is_applied(page):
    factories.report(State.objects.get(iso3="TCD"), reference="TCD-1")
    page.goto("/admin/states/report/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export (CSV)").click()
    with open(download.value.path(), "rb") as file:  # noqa: PTH123
        data = file.read()
    page.get_by_role("link", name="Import", exact=True).click()
    send(page, corrected(data, submitted="2004-02-30", kind="letter"))
    problems = page.get_by_role("table", name="Problems")
    expect(problems.get_by_role("row")).to_have_count(3)
    expect(problems).to_contain_text("February 2004 has 29 days")
    expect(problems.get_by_role("row").nth(2)).to_contain_text("2 submitted")
    expect(page.get_by_role("button", name="Apply all")).to_have_count(0)

    page.get_by_role("link", name="send it again").click()
    send(page, corrected(data, submitted="2004-11", note="From the letter"))
    expect(page.get_by_role("table", name="Updated: 1")).to_contain_text("2004-10-27 → 2004-11")
    assert str(Report.objects.get().submitted) == "27 October 2004"
    page.get_by_role("button", name="Apply all").click()
    expect(page.locator(".messagelist")).to_contain_text("Import of reports.csv: 0 inserted, 1 updated.")
    assert (str(Report.objects.get().submitted), Report.objects.get().note) == ("November 2004", "From the letter")


def test_an_import_is_undone(page, publisher):
    """Also a report that the import inserted goes, so the Publisher may delete here."""
    publisher.user_permissions.add(Permission.objects.get(codename="delete_report"))
    factories.report(State.objects.get(iso3="TCD"), reference="TCD-1")
    page.goto("/admin/files/reports/import/")
    header = b"reference,state,kind,submitted,symbol,received,symbol_assigned,issued,language,link,certainty,sources,"
    data = header + b"note,internal_note,published\r\n"
    data += b"TCD-1,TCD,first report,2004-11,,,,,,,document-cited,,,,false\r\n"
    data += b"TCD-2,TCD,additional information,2012,,,,,,,document-cited,,,,false\r\n"
    send(page, data)
    expect(page.get_by_role("table", name="Inserted: 1")).to_be_visible()
    page.get_by_role("button", name="Apply all").click()
    expect(page.locator(".messagelist")).to_contain_text("1 inserted, 1 updated.")
    assert Report.objects.count() == 2
    page.get_by_role("link", name="Import another file").click()
    page.get_by_role("link", name="Undo this import of reports.csv").click()
    page.get_by_label("Reason").fill("The wrong file")
    page.get_by_role("button", name="Undo this import").click()
    expect(page.locator(".messagelist")).to_contain_text("is undone: 1 deleted, 1 as before")
    assert [str(report.submitted) for report in Report.objects.all()] == ["27 October 2004"]


def test_going_back_and_pressing_again_applies_once_and_loses_nothing(page):
    factories.report(State.objects.get(iso3="TCD"), reference="TCD-1")
    page.goto("/admin/files/reports/import/")
    send(page, b"reference,note\r\nTCD-1,From the letter\r\n")
    expect(page.get_by_role("table", name="Updated: 1")).to_contain_text("nothing → From the letter")
    page.get_by_role("button", name="Apply all").dblclick()
    expect(page.locator(".messagelist")).to_contain_text("0 inserted, 1 updated.")
    page.go_back()
    if page.get_by_role("button", name="Apply all").count():  # a browser may keep the page or ask for it again
        page.get_by_role("button", name="Apply all").click()
    expect(page.locator(".messagelist")).to_contain_text("0 inserted, 1 updated.")
    assert (Import.objects.count(), Report.objects.get().note) == (1, "From the letter")


def test_the_pages_of_an_import_break_no_rule_of_accessibility(browser, live_server, page, client):
    context = browser.new_context(base_url=live_server.url)
    context.add_cookies(page.context.cookies())
    scripted = context.new_page()
    scripted.goto("/admin/files/sources/import/")
    assert broken_rules(scripted) == ""
    send(scripted, b"reference,tittle\nx,y\n")
    expect(scripted.get_by_role("table", name="Problems")).to_be_visible()
    assert broken_rules(scripted) == ""
    context.close()
