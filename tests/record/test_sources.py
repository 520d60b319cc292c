"""The short title of a source, and whether a fact rests on a statement alone."""

from itertools import combinations

import pytest

from r1540.as_at.when import When, of_range
from states.models import Report, Source
from tests import factories as make
from visits.models import Visit

TITLES = [
    ("Press release DC/3466: Burkina Faso hosts visit by the 1540 Committee", "Press release DC/3466"),
    ("Press release SC/14002-DC/3815: points of contact training, Xiamen", "Press release SC/14002-DC/3815"),
    ("Communiqué CD/3476: une délégation du Comité 1540", "Communiqué CD/3476"),
    ("S/AC.44/2004/(02)/22, note verbale dated 27 October 2004", "S/AC.44/2004/(02)/22"),
    ("S/2015/1052, annual review for 2015", "S/2015/1052"),
    ("Remarks of Albania at the open consultations", "United Nations, June 2022"),
    ("U.N. Security Council's Committee visits Grenada: a report", "United Nations, June 2022"),
    ("Media note 2011/1435: 1540 Committee visit to Washington, DC", "United Nations, June 2022"),
    ("1540 matrices, 1540 Committee website", "United Nations, June 2022"),
]


@pytest.mark.parametrize(("title", "short"), TITLES)
def test_a_source_is_read_of_by_its_number_or_by_who_published_it_and_when(title, short):
    assert Source(title=title, publisher="United Nations", dated=When.parse("June 2022")).short_title == short


def test_a_source_without_date_or_publisher_is_read_of_by_the_beginning_of_its_title():
    title = "UN calls on Gambia to submit national report on Resolution 1540"
    for fields in ({"publisher": "The Standard"}, {"dated": When.parse("2022")}, {}):
        assert Source(title=title, **fields).short_title == "UN calls on Gambia to submit national report…"
    assert Source(title="Short").short_title == "Short"


def test_a_message_of_the_chair_is_read_of_as_such():
    fields = {"title": "Message from the Chairman", "publisher": "1540 Committee", "dated": When.parse("2013-01-15")}
    assert Source(kind=Source.MESSAGE, **fields).short_title == "Message of the Chair, 15 January 2013"
    assert Source(kind="press", **fields).short_title == "1540 Committee, 15 January 2013"


def test_every_source_of_the_record_is_read_of_in_few_words_and_none_by_its_reference(record):
    for source in Source.objects.all():
        assert 3 < len(source.short_title) < 80, source.reference
        assert source.short_title != source.reference


def test_a_date_in_the_text_of_a_row_is_the_one_that_its_column_tells(record):
    found = Source.objects.exclude(dated=None).extra(select={"text": "dated::text"})
    assert all(of_range(one.text) == one.dated for one in found)
    assert len(found) > 50
    assert of_range(None) is None


CASES = [
    (["message"], "message", True),
    (["message"], "document-cited", True),
    (["message", "press"], "document-cited", False),
    # What the other source tells is less: the certainty says that the fact is known from the message.
    (["message", "press"], "message", True),
    (["press"], "message", False),
    ([], "message", False),
]


@pytest.mark.parametrize(("cited", "certainty", "is_only"), CASES, ids=str)
def test_a_fact_that_rests_on_a_statement_alone_does_not_confirm_it(db, cited, certainty, is_only):
    kinds = {"message": Source.MESSAGE, "press": "press"}
    sources = {name: make.source(name, kind=kind) for name, kind in kinds.items()}
    report = make.report(make.state(), certainty=certainty, sources=[sources[name] for name in cited])
    message = sources["message"]
    assert report.is_known_only_from([message]) is is_only
    assert Report.objects.known_only_from([message.pk]).exists() is is_only
    assert report.only_statements == ([message] if is_only else [])


def test_what_is_known_from_a_message_may_confirm_another_statement(db):
    message, briefing = make.source(kind=Source.MESSAGE), make.source(kind="government statement")
    report = make.report(make.state(), certainty="message", sources=[message, briefing])
    assert not report.is_known_only_from([briefing])
    assert not Report.objects.known_only_from([briefing.pk]).exists()
    other = make.report(make.state("France"), sources=[briefing])
    assert other.is_known_only_from([briefing])
    assert other.only_statements == []  # only messages of the Chair are told of on a fact's own line


def test_the_question_of_many_facts_has_the_answer_of_each(record):
    messages = list(Source.objects.messages())
    press = list(Source.objects.filter(reference__in=["alb-2022", "standard-gm"]))
    seen = set()
    for statements in combinations([*messages, *press], 2):
        for model in (Report, Visit):
            found = set(model.objects.known_only_from([one.pk for one in statements]))
            facts = model.objects.prefetch_related("sources")
            assert found == {one for one in facts if one.is_known_only_from(statements)}
            seen.add(len(found))
    assert len(seen) > 3
