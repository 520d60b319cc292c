"""Undoing an import does not get round the steps from letter to publication."""

import pytest

from r1540 import history
from r1540.models import Import
from states.models import Report
from tests.desk.admin_client import signed_in
from tests.files.imports import changed, import_of, undo
from visits.models import Visit

pytestmark = pytest.mark.django_db


PUBLISHED = {
    "published": (False, [True], False),
    "published and unpublished": (False, [True, False], True),
    "published before only": (True, [], True),
    "published again": (True, [False, True], False),
}


@pytest.mark.parametrize(("before", "steps", "is_undone"), PUBLISHED.values(), ids=PUBLISHED)
def test_a_row_that_was_published_since_with_the_list_the_import_gave_it_keeps_it(
    client, rows, before, steps, is_undone
):
    visits = Visit.objects.filter(sources__reference="dc1")
    visits.update(published=before)
    Visit.objects.update(checked=False)  # so that the import changes its lists only, and not the row itself
    key = visits.get().reference
    done = import_of(client, "visits", changed("visits", **{key: {"sources": "", "organizations": ""}}))
    assert not history.events_of(Visit).objects.filter(pgh_context_id=done.key).exists()
    for published in steps:
        Visit.objects.update(published=published)
    assert undo(client, done).content.decode().count("Published since: ") == (0 if is_undone else 1)
    assert visits.exists() is is_undone


@pytest.mark.parametrize(("key", "cell"), [("TCD-1", ""), ("COG-1", "dc1")], ids=["taken off", "added"])
def test_a_check_since_does_not_outlive_the_sources_it_was_made_with(client, rows, key, cell):
    done = import_of(client, "reports", changed("reports", **{key: {"sources": cell}}))
    Report.objects.update(checked=True)
    assert "is undone" in undo(client, done).content.decode()
    assert [one.reference for one in Report.objects.filter(checked=False)] == [key]


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("role", [None, "Publisher"])
def test_where_two_publish_nobody_undoes_what_is_public_alone(client, rows, settings, role, public):
    Report.objects.update(published=public)
    done = import_of(client, "reports", changed("reports", **{"TCD-1": {"note": "New"}}))
    settings.TWO_PERSON_RULE = True
    answer = undo(client if role is None else signed_in(role), done).content.decode()
    assert ("you may not publish" in answer, "is undone" in answer) == (public, not public)
    assert bool(Import.objects.get().undone_at) is not public
