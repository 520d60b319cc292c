"""The desk: logging a report, finding, filtering, publishing, and what hostile input meets."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from states.models import Report, Source, State
from tests import factories
from tests.desk.admin_client import SYMBOL, act, address, confirmed, log, signed_in, typed
from visits.models import Visit

pytestmark = pytest.mark.django_db

FIRST, ADDITIONAL = "first report", "additional information"


@pytest.fixture
def desk():
    return signed_in(None)


@pytest.fixture
def chad():
    return factories.state("Chad")


def errors(answer):
    return {field: " ".join(messages) for field, messages in answer.context["adminform"].form.errors.items()}


# To log a report


@pytest.mark.parametrize(
    "recorded, kind, expected",
    [
        (None, "", FIRST),
        ((FIRST, "2004-10"), "", ADDITIONAL),
        ((ADDITIONAL, "2008"), "", FIRST),
        (None, ADDITIONAL, ADDITIONAL),
        ((FIRST, "2004-10"), ADDITIONAL, ADDITIONAL),
        ((ADDITIONAL, "2008"), ADDITIONAL, ADDITIONAL),
    ],
)
def test_a_kind_left_open_is_the_first_report_if_none_is_recorded(desk, chad, recorded, kind, expected):
    if recorded:
        factories.report(chad, recorded[1], kind=recorded[0])
    assert log(desk, chad, "5 June 2006", kind=kind).status_code == 302
    assert Report.objects.latest("pk").kind == expected


@pytest.mark.parametrize("submitted", ["27 October 2004", "October 2004", "2005", "by 1 June 2022", "2004-10"])
def test_the_date_is_typed_as_people_write_it(desk, chad, submitted):
    log(desk, chad, submitted)
    report = Report.objects.get()
    assert str(report.submitted) in (submitted, "October 2004")
    assert not report.published


def test_a_date_that_cannot_be_read_says_so_at_its_field(desk, chad):
    assert "write the month as a word" in errors(log(desk, chad, "01/02/2005"))["submitted"]


def test_a_symbol_is_kept_without_the_spaces_it_was_pasted_with(desk, chad):
    log(desk, chad, symbol=" S/AC.44/2004/(02)/ 22\u00a0")
    assert Report.objects.get().symbol == SYMBOL


@pytest.mark.parametrize("symbol", ["S/AC.44/1999/(02)/22", "S/2004/958", "S/AC.44/2004/(02)/22/Add.0"])
def test_a_symbol_that_is_none_of_the_committees_says_so_at_its_field(desk, chad, symbol):
    found = errors(log(desk, chad, symbol=symbol))
    assert list(found) == ["symbol"]
    assert "S/AC.44/2004/(02)/22 or S/AC.44/2007/10" in found["symbol"]


def test_a_symbol_recorded_already_says_so_at_its_field(desk, chad):
    factories.report(factories.state("Congo"), symbol=SYMBOL)
    assert "is recorded already" in errors(log(desk, chad, symbol=SYMBOL))["symbol"]


@pytest.mark.parametrize(
    "submitted, link, is_likely",
    [
        ("27 October 2004", "", True),
        ("October 2004", "", True),
        ("between 1 May 2004 and 30 November 2004", "", True),
        ("28 October 2004", "", False),
        ("November 2004", "", False),
        ("2009", "https://example.org/chad.pdf", True),
        ("2009", "https://example.org/other.pdf", False),
    ],
)
def test_a_likely_duplicate_is_named_before_it_is_saved(desk, chad, submitted, link, is_likely):
    first = factories.report(chad, "2004-10-27", link="https://example.org/chad.pdf")
    answer = log(desk, chad, submitted, link=link)
    if not is_likely:
        assert answer.status_code == 302
        return
    assert list(errors(answer)) == ["save_all_the_same"]
    assert address("states_report", "change", first) in errors(answer)["save_all_the_same"]
    assert 'type="checkbox" name="save_all_the_same"' in answer.text
    assert log(desk, chad, submitted, link=link, save_all_the_same="on").status_code == 302
    assert Report.objects.count() == 2


def test_the_same_day_in_another_state_is_no_likely_duplicate(desk, chad):
    factories.report(factories.state("Congo"), "2004-10-27")
    assert log(desk, chad, "27 October 2004").status_code == 302


def test_a_second_first_report_is_refused_at_its_kind_with_a_link_to_the_first(desk, chad):
    first = factories.report(chad, "2004-10-27")
    answer = log(desk, chad, "2008", kind=FIRST, save_all_the_same="on")
    assert list(errors(answer)) == ["kind"]
    assert address("states_report", "change", first) in errors(answer)["kind"]


def test_saving_a_report_again_does_not_call_it_its_own_duplicate(desk, chad):
    url = address("states_report", "change", factories.report(chad))
    assert desk.post(url, typed(desk, url) | {"link": "https://example.org/1"}).status_code == 302


def test_save_and_add_another_keeps_the_state_and_the_date(desk, chad):
    answer = log(desk, chad, "October 2004", _addanother="1")
    form = desk.get(answer.url).context["adminform"].form
    assert (form["state"].value(), form["submitted"].value()) == (str(chad.pk), "October 2004")


def test_a_new_report_is_one_link_away(desk, chad):
    url = reverse("admin:states_report_add")
    assert f'href="{url}">Log a new report' in desk.get(reverse("admin:index")).text
    assert f'href="{url}?state={chad.pk}">Log a new report' in desk.get(address("states_state", "change", chad)).text


def test_a_viewer_is_offered_no_new_report(chad):
    viewer = signed_in("Viewer")
    for url in (reverse("admin:index"), address("states_state", "change", chad)):
        assert "Log a new report" not in viewer.get(url).text


def test_no_form_has_published_in_it(desk, chad):
    for name in ("states_report", "states_source", "visits_visit"):
        assert "published" not in desk.get(address(name, "add")).context["adminform"].form.fields
    log(desk, chad, published="on")
    assert not Report.objects.get().published


# Rules, at the field they are about


@pytest.mark.parametrize(
    "name, data, field, words",
    [
        ("states_report", {"submitted": "2003"}, "submitted", "before 28 April 2004"),
        ("states_report", {"submitted": "2005", "issued": "2004"}, "issued", "issued after"),
        ("visits_visit", {"starts": "May 2013", "ends": "April 2013"}, "ends", "cannot end before"),
        ("visits_visit", {}, "invited", "Say when"),
        ("visits_visit", {"starts": "12 November 2013"}, "starts", "Another visit"),
        ("visits_visit", {"invited": "2014", "starts": "2013"}, "starts", "before its invitation"),
        ("states_actionplan", {"submitted": "2014", "number": "1"}, "number", "number already"),
        ("states_actionplan", {"adopted": "2003", "number": "2"}, "adopted", "before 28 April 2004"),
    ],
)
def test_a_broken_rule_is_told_at_its_field(desk, chad, name, data, field, words):
    factories.visit(chad, "2013-11-12", ends="2013-11-14")
    factories.plan(chad)
    kind = {"kind": "at invitation"} if name == "visits_visit" else {}
    data = {"state": chad.pk, "certainty": "document-cited", **kind, **data}
    found = errors(desk.post(address(name, "add"), data))
    assert list(found) == [field]
    assert words in found[field]


def test_additional_information_before_the_first_report_is_told_at_its_date(desk, chad):
    factories.report(chad, "2006")
    assert "before the first report" in errors(log(desk, chad, "2005", kind=ADDITIONAL))["submitted"]


def test_new_rows_that_contradict_one_another_are_told_and_nothing_is_saved(desk, chad):
    url = address("states_state", "change", chad)
    names = {
        f"names-{row}-{key}": value
        for row, name in enumerate(["Chad", "Tchad"])
        for key, value in {"language": "fr", "kind": "short", "name": name}.items()
    }
    answer = desk.post(url, typed(desk, url) | names | {"names-TOTAL_FORMS": "2"})
    assert errors(answer) == {"__all__": "A State has one short name in a language."}
    assert 'value="Tchad"' in answer.text
    assert not chad.names.exists()


# To publish


def test_publishing_a_report_publishes_the_sources_it_cites_and_says_so(desk, chad):
    cited, other = factories.source("cited"), factories.source("other")
    report = factories.report(chad, sources=[cited, factories.source("public", published=True)], checked=True)
    assert act(desk, "states_report", "publish", report) == ["Published: 1 report, and what they cite: Title of cited."]
    assert Report.objects.get().published
    assert set(Source.objects.filter(published=True).values_list("reference", flat=True)) == {"cited", "public"}
    assert not Source.objects.get(pk=other.pk).published
    assert list(LogEntry.objects.values_list("change_message", flat=True)) == ["Published.", "Published."]


def test_publishing_what_has_no_source_warns(desk, chad):
    words = act(desk, "states_report", "publish", factories.report(chad, checked=True))
    assert words[1] == "No source is recorded for: Chad: first report, 27 October 2004."


def test_publishing_again_changes_nothing(desk, chad):
    report = factories.report(chad, published=True, sources=[factories.source(published=True)])
    assert act(desk, "states_report", "publish", report) == ["Published: 0 reports."]
    assert not LogEntry.objects.exists()


def test_unpublishing_a_report_leaves_its_sources_as_they_were(desk, chad):
    report = factories.report(chad, published=True, sources=[factories.source(published=True)])
    act(desk, "states_report", "unpublish", report)
    assert (Report.objects.get().published, Source.objects.get().published) == (False, True)


@pytest.mark.parametrize("published", [True, False])
def test_a_source_stays_published_as_long_as_a_published_fact_cites_it(desk, chad, published):
    source = factories.source(published=True)
    visit = factories.visit(chad, published=published, sources=[source])
    words = act(desk, "states_source", "unpublish", source)
    assert Source.objects.get().published is published
    assert (str(visit) in words[0]) is published


def test_a_source_stays_published_as_long_as_a_membership_cites_it(desk, chad):
    source = factories.source(published=True)
    membership = factories.membership(factories.organization("AU"), chad, sources=[source])
    assert str(membership) in act(desk, "states_source", "unpublish", source)[0]
    assert Source.objects.get().published
    membership.delete()
    act(desk, "states_source", "unpublish", source)
    assert not Source.objects.get().published


def test_publishing_is_done_wholly_or_not_at_all(desk, chad, monkeypatch):
    report = factories.report(chad, sources=[factories.source()], checked=True)
    monkeypatch.setattr(LogEntry.objects, "log_actions", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        act(desk, "states_report", "publish", report)
    assert not Report.objects.get().published


def test_the_button_on_a_form_publishes_what_it_shows(desk, chad):
    visit = factories.visit(chad)
    url = address("visits_visit", "change", visit)
    assert "Not published: only staff see it" in desk.get(url).text
    for action in ("mark_checked", "publish", "unpublish"):
        assert re.findall('name="action" value="([a-z_]+)"', desk.get(url).text) == [action]
        assert Visit.objects.get().published is (action == "unpublish")
        act(desk, "visits_visit", action, Visit.objects.get())
    assert not Visit.objects.get().published


def test_who_may_not_publish_sees_no_button(chad):
    visit = factories.visit(chad)
    url = address("visits_visit", "change", visit)
    assert 'name="action"' not in signed_in("Viewer").get(url).text
    editor = signed_in("Editor")
    assert 'value="mark_checked"' in editor.get(url).text
    visit.checked = True
    visit.save()
    assert 'name="action"' not in editor.get(url).text


@pytest.mark.parametrize("published", [True, False])
def test_only_what_is_published_links_to_the_public_site(desk, chad, published):
    for name, row in (
        ("states_report", factories.report(chad, published=published)),
        ("visits_visit", factories.visit(chad, published=published)),
        ("states_source", factories.source(published=published)),
    ):
        text = desk.get(address(name, "change", row)).text
        assert (f'href="{row.get_absolute_url()}" class="viewsitelink"' in text) is published


def test_a_reference_once_given_is_not_changed(desk, chad):
    report = factories.report(chad)
    url = address("states_report", "change", report)
    desk.post(url, typed(desk, url) | {"reference": "another", "note": "Seen."})
    report.refresh_from_db()
    assert (report.reference, report.note) == ("TCD-first-report", "Seen.")


def test_deleting_a_state_with_reports_shows_what_depends_on_it(desk, chad):
    report = factories.report(chad)
    answer = desk.post(address("states_state", "delete", chad), confirmed(chad))
    assert answer.status_code == 200
    assert address("states_report", "change", report) in answer.text
    assert State.objects.exists()
