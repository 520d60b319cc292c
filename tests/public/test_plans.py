"""Each index serves the question it was made for, asked as the public asks it.

In the shipped record to read a table through costs least. So that is forbidden here, and the plan tells which index can
serve: in a record a hundred times as large it does. Without the index the plan reads the table all the same.
"""

import pytest
from django.db import connection

from r1540 import door
from r1540.as_at.day import today
from r1540.as_at.names import with_words
from states.lists.reports import ReportList
from states.lists.sources import SourceList
from states.models import Report, Source, State
from visits.models import Event

THROUGH = ("enable_seqscan",)
BY_WORDS = ("enable_seqscan", "enable_indexscan")  # any index gives the rows of a table one by one

# A question, the indexes that must serve it, and what is forbidden besides.
QUESTIONS = {
    "a page of the list of States": (
        lambda: State.objects.as_at(today()).order_by("sort_name", "pk").values("pk")[:50],
        {"state_in_order"},
        THROUGH,
    ),
    "a page of the States of a region": (
        lambda: State.objects.as_at(today()).filter(region="Africa").order_by("sort_name", "pk").values("pk")[:50],
        {"Index Only Scan using state_of_region"},
        (*THROUGH, "enable_bitmapscan", "enable_sort"),
    ),
    "how many States of a subregion there are": (
        lambda: State.objects.as_at(today()).filter(subregion="Middle Africa").order_by().values("status"),
        {"Index Only Scan using state_of_subregion"},
        (*THROUGH, "enable_bitmapscan"),
    ),
    "how many States of a regional group there are": (
        lambda: State.objects.as_at(today()).filter(regional_group="African Group").order_by().values("status"),
        {"Index Only Scan using state_of_group"},
        (*THROUGH, "enable_bitmapscan"),
    ),
    "a page of the list of reports": (
        lambda: ReportList().facts(today()).order_by("-submitted", "state__sort_name", "pk").values("pk")[:50],
        {"report_by_day", "state_by_admission"},
        (*THROUGH, "enable_sort"),  # of few reports to sort all costs as much
    ),
    "how many reports there are": (
        lambda: ReportList().facts(today()).order_by().values("pk"),
        {"Scan using report_", "state_by_admission"},  # of either index the keys suffice
        (*THROUGH, "enable_bitmapscan"),
    ),
    "what a State reported by a day": (
        lambda: (
            Report.objects.filter(state=1, kind="additional information").submitted(today()).order_by().values("kind")
        ),
        {"Index Only Scan using report_of_state"},
        (*THROUGH, "enable_bitmapscan"),
    ),
    "a page of the list of sources": (
        lambda: SourceList().facts(today()).order_by("sort_title", "pk").values("pk")[:50],
        {"source_in_order"},
        THROUGH,
    ),
    "States by a word of a name": (
        lambda: State.objects.named("turkey"),
        {"state_name_words", "state_words_of_name", "state_words_of_formal_name"},
        BY_WORDS,
    ),
    "a State by a whole name": (
        lambda: State.objects.called("turkey"),
        {"state_name_words", "state_words_of_name", "state_words_of_formal_name"},
        BY_WORDS,
    ),
    "reports by part of a symbol": (
        lambda: Report.objects.filter(symbol__icontains="2007/1050"),
        {"report_part_of_symbol"},
        BY_WORDS,
    ),
    "sources by a word of the title": (
        lambda: with_words(Source.objects.all(), "sort_title", "olberg"),
        {"source_words_of_title"},
        BY_WORDS,
    ),
    "the first events with a word in their titles": (
        lambda: with_words(Event.objects.known(today()), "sort_title", "workshop").values("pk")[:51],
        {"event_by_day"},
        (*THROUGH, "enable_bitmapscan", "enable_sort"),
    ),
    "events by a word of the title": (
        lambda: with_words(Event.objects.all(), "sort_title", "sofia"),
        {"event_words_of_title"},
        BY_WORDS,
    ),
}


@pytest.fixture(scope="module")
def vacuumed(record_database, django_db_blocker):
    """Do what autovacuum does after a while: rows that other tests undid keep pages from being all-visible, and an
    index alone then costs more."""
    with django_db_blocker.unblock(), record_database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@pytest.mark.parametrize("what", QUESTIONS)
def test_each_index_serves_its_question(vacuumed, record, what):
    ask, indexes, forbidden = QUESTIONS[what]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        for index in indexes:  # what VACUUM does otherwise: until then an index of words is dear
            cursor.execute(
                "SELECT gin_clean_pending_list(oid) FROM pg_class WHERE relname = %s AND relam = 2742", [index]
            )
        if forbidden is BY_WORDS:  # of so few rows all, in order, cost less than some by their words
            cursor.execute("DROP INDEX state_in_order, source_in_order")
        with door.public_transaction():
            for way in forbidden:
                cursor.execute(f"SET LOCAL {way} = off")
            plan = ask().explain()
    assert "Seq Scan" not in plan
    for index in indexes:
        assert index in plan, plan
