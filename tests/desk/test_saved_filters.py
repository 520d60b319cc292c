"""Saved filters: who is offered which, and that none ever shows the answer of another question."""

from functools import partial
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from r1540 import history, interchange
from r1540.desk import saved
from r1540.desk.base import changelist_address
from r1540.door import views
from r1540.models import SavedFilter
from states.models import Report
from tests import factories as make
from tests.desk.admin_client import address, confirmed, queries
from tests.desk.pairs import again, together

pytestmark = pytest.mark.django_db
REPORTS, ALL = "/admin/states/report/", "/admin/saved-filters/"
UNPUBLISHED = "published__exact=0"


def person(role="Viewer", name="ann"):
    client = Client()
    client.person = make.user(role, username=name)
    client.force_login(client.person)
    return client


@pytest.fixture
def ann():
    return person()


@pytest.fixture
def ben():
    return person("Administrator", "ben")


def save(client, parameters=UNPUBLISHED, name="Mine", model="states.report", **data):
    return client.post(ALL, {"model": model, "name": name, "parameters": parameters} | data)


def opened(client, row):
    return client.get(reverse("saved-filter", args=[row.pk]))


def rows():
    return list(SavedFilter.objects.order_by("pk").values_list("model", "name", "parameters", "is_for_all"))


# To save, find and open one


def test_what_is_filtered_is_saved_found_on_both_pages_and_opened(ann):
    report = make.report(make.state("Chad"))
    make.report(make.state("Congo"), published=True)
    page = ann.get(REPORTS, {"published__exact": "0", "q": " Chad ", "p": "0", "o": "-3"})
    shown = page.context["saved"]
    assert "Save this filter" in page.text
    answer = save(ann, shown["parameters"], "New ones", _submission=str(shown["submission"]))
    assert rows() == [("states.report", "New ones", "published__exact=0&q=Chad", False)]
    assert answer["Location"] == f"{REPORTS}?published__exact=0&q=Chad"
    row = SavedFilter.objects.get()
    for url in ("/admin/", REPORTS, ALL):
        assert f'<a href="{ALL}{row.pk}/"><bdi>New ones</bdi></a>' in ann.get(url).text
    assert f'{row.pk}/" aria-current="true"' in ann.get(answer["Location"]).text
    answer = opened(ann, row)
    assert answer["Location"] == f"{REPORTS}?published__exact=0&q=Chad"
    assert list(ann.get(answer["Location"]).context["cl"].result_list) == [report]


def test_a_list_that_is_neither_filtered_nor_searched_offers_nothing_to_save(ann):
    for query in ("", "?q=+", "?o=1&p=1", "?e=1", "?_facets=True"):
        assert "Save this filter" not in ann.get(REPORTS + query).text
    make.saved_filter(ann.person)
    assert "Mine" not in ann.get(f"{REPORTS}?_popup=1").text


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_list_of_the_desk_can_be_saved(model):
    client = person(None)
    desk = admin.site.get_model_admin(model)
    shown = client.get(changelist_address(desk.model)).context["cl"]
    choices = [choice for spec in shown.filter_specs for choice in spec.choices(shown)]
    query = choices[1]["query_string"].removeprefix("?") if choices else "q=a"
    assert "Save this filter" in client.get(f"{changelist_address(desk.model)}?{query}").text
    assert save(client, query, model=model._meta.label_lower).status_code == 302
    assert opened(client, SavedFilter.objects.get())["Location"] == f"{changelist_address(desk.model)}?{query}"


def test_parameters_are_kept_once_in_one_order_without_those_of_pages_and_sorting():
    asked = QueryDict(
        "q=+a+&kind__exact=b&kind__exact=a&kind__exact=b&p=2&o=1.2&e=1&all=&_popup=1&_facets=1&_to_field=id"
    )
    assert saved.normalised(asked) == "kind__exact=a&kind__exact=b&q=a"
    assert saved.normalised(QueryDict("q=&p=3")) == ""


# Whose it is


def test_a_private_filter_is_its_owners_and_one_for_all_staff_everybodys(ann, ben):
    private = make.saved_filter(ann.person, name="Private one")
    shared = make.saved_filter(ann.person, name="Shared one", is_for_all=True)
    for url in ("/admin/", REPORTS, ALL):
        assert "Private one" in ann.get(url).text and "Shared one" in ann.get(url).text
        text = ben.get(url).text
        assert "Private one" not in text and "Shared one" in text and "from <bdi>ann</bdi>" in text
    assert opened(ben, private).status_code == 404
    assert opened(ben, shared).status_code == 302
    assert opened(person(None, "chief"), private).status_code == 302


def change(client, row, **data):
    return client.post(reverse("saved-filter-change", args=[row.pk]), data)


def delete(client, row, **data):
    return client.post(reverse("saved-filter-delete", args=[row.pk]), data)


@pytest.mark.parametrize("is_for_all, status", [(True, 403), (False, 404)])
def test_only_its_owner_and_superusers_change_or_delete_it(ann, ben, is_for_all, status):
    row = make.saved_filter(ann.person, is_for_all=is_for_all)
    assert change(ben, row, name="Ben's").status_code == status
    assert delete(ben, row).status_code == status
    assert "/change/" not in ben.get(ALL).text and "/change/" in ann.get(ALL).text
    assert ann.get(reverse("saved-filter-change", args=[row.pk])).status_code == 200
    assert change(ann, row, name="Ann's", is_for_all="on").status_code == 302
    chief = person(None, "chief")
    assert change(chief, row, name="The chief's").status_code == 302
    row.refresh_from_db()
    assert (row.name, row.is_for_all, row.owner, row.parameters) == ("The chief's", False, ann.person, UNPUBLISHED)
    other = make.saved_filter(ann.person, name="Other")
    assert [delete(chief, row).status_code, delete(ann, other).status_code] == [302, 302]
    assert rows() == []


def test_a_filter_of_a_list_that_one_may_not_see_is_neither_offered_nor_opened_nor_saved(ann):
    chief = person(None, "chief")
    shared = make.saved_filter(chief.person, "is_staff__exact=1", model="auth.user", name="People", is_for_all=True)
    assert "People" in chief.get("/admin/").text
    assert "People" not in ann.get("/admin/").text + ann.get(ALL).text
    assert opened(ann, shared).status_code == 403
    assert save(ann, "is_staff__exact=1", model="auth.user").status_code == 403
    own = make.saved_filter(ann.person, "is_staff__exact=1", model="auth.user", name="Once a chief")
    answer = opened(ann, own)
    assert "You may no longer see the list of users." in answer.text and "Delete" in answer.text
    assert "The whole list" not in answer.text
    assert "Once a chief" in ann.get(ALL).text


def test_it_is_in_the_history_with_the_person_and_goes_with_its_owner(ann):
    save(ann)
    delete(ann, SavedFilter.objects.get())
    events = history.events_of(SavedFilter).objects.order_by("pgh_id")
    assert [(one.pgh_label, one.pgh_context["username"]) for one in events] == [("insert", "ann"), ("delete", "ann")]
    row = make.saved_filter(ann.person, is_for_all=True, name="Monday's")
    chief, url = person(None, "chief"), address("auth_user", "delete", ann.person)
    assert "Monday&#x27;s" in chief.get(url).text
    assert chief.post(url, confirmed(ann.person)).status_code == 302
    assert not SavedFilter.objects.filter(pk=row.pk).exists()


def test_it_is_no_part_of_the_record():
    assert SavedFilter not in views.models()
    assert SavedFilter not in {table.model for table in interchange.TABLES}


def test_a_form_sent_twice_saves_or_deletes_once(ann):
    data = {"_submission": str(uuid4())}
    assert [save(ann, **data)["Location"] for _ in range(2)] == [f"{REPORTS}?{UNPUBLISHED}"] * 2
    assert len(rows()) == 1
    row, data = SavedFilter.objects.get(), {"_submission": str(uuid4())}
    assert [delete(ann, row, **data).status_code for _ in range(2)] == [302, 302]
    row = make.saved_filter(ann.person)
    data = {"_submission": str(uuid4()), "name": "New"}
    assert [change(ann, row, **data).status_code for _ in range(2)] == [302, 302]
    said = [str(message) for message in ann.get(ALL).context["messages"]]
    assert said.count("This form was sent twice, and counted once.") == 3


def test_every_form_needs_the_token_against_other_sites(ann):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(ann.cookies)
    row = make.saved_filter(ann.person)
    assert [save(strict).status_code, change(strict, row).status_code, delete(strict, row).status_code] == [403] * 3


# What is not understood

REFUSED = "Its list has no such filter, or cannot read a value."
STALE = [
    ("states.letter", UNPUBLISHED, "Its list, states.letter, is no longer at the desk."),
    ("states.report", "gone__exact=1", REFUSED),
    ("states.report", "published__exact=0&gone=1", REFUSED),
    ("states.report", "state__gone=1", REFUSED),
    ("states.report", "state__internal_note__contains=a", REFUSED),
    ("states.report", "state__iso3=TCD", REFUSED),  # of what a fact points at, only what the list says is a filter
    ("states.report", "kind__exact=first+report&kind__exact=letter", "“kind__exact” stands in it 2 times"),
    ("states.report", "published__exact=2", REFUSED),
    ("states.report", "waiting=tomorrow", REFUSED),
    ("states.report", "symbol_recorded=maybe", REFUSED),
    ("states.report", "submitted_in=2004-13", REFUSED),
    ("states.report", f"submitted_in={10**20}", REFUSED),
    ("states.report", "submitted_in=2004&submitted_in=2005", "“submitted_in” stands in it 2 times"),
    ("states.report", "waiting=no-symbol&waiting=to-check", "“waiting” stands in it 2 times"),
    ("states.report", "q=a&q=b", "“q” stands in it 2 times"),
    ("states.report", "state=abc", REFUSED),
    ("states.resolution", "adopted_on__year=99999", REFUSED),
    ("states.resolution", "adopted_on__year=2004&adopted_on__month=13", REFUSED),
    ("states.resolution", "adopted_on__year=2004&adopted_on__year=2005", "“adopted_on__year” stands in it 2 times"),
    ("auth.user", "q=a%00", "A part of it holds a control character."),
    ("auth.user", "q=a%C2%85b", "A part of it holds a control character."),
]


@pytest.mark.parametrize(("model", "parameters", "reason"), STALE)
def test_what_is_not_understood_says_which_part_and_offers_to_delete_it(model, parameters, reason):
    client = person(None)
    row = make.saved_filter(client.person, parameters, model=model)
    answer = opened(client, row)
    assert answer.status_code == 200 and reason in answer.context["reason"], answer.context["reason"]
    assert reverse("saved-filter-delete", args=[row.pk]) in answer.text
    assert "is no longer understood, so its list is not shown" in answer.text
    assert "cl" not in answer.context
    # Nor is it saved in the first place.
    if model != "states.letter":
        answer = save(client, parameters, "Another", model=model)
        assert answer.status_code == 200 and SavedFilter.objects.count() == 1


def test_somebody_else_cannot_delete_it_and_is_told_who_can(ann, ben):
    row = make.saved_filter(ann.person, "gone=1", is_for_all=True)
    answer = opened(ben, row)
    assert "Only <bdi>ann</bdi>, who saved it, and superusers can delete it." in answer.text
    assert "/delete/" not in answer.text and f'<a href="{REPORTS}">The whole list</a>' in answer.text


FRESH = [
    ("states.report", "kind__exact=first+report&state__region__exact=Africa"),
    ("states.report", "submitted_in=2031"),  # no row, which is the answer
    ("states.report", "q=Atlantis"),
    ("states.report", "symbol_recorded=no&waiting=no-symbol"),
    ("states.report", "sources__isnull=True"),
    ("states.report", "kind__in=first+report%2Cadditional+information"),
    ("states.report", "note__icontains=letter"),
    ("states.resolution", "adopted_on__day=28&adopted_on__month=4&adopted_on__year=2004"),
    ("states.resolution", "adopted_on__month=4"),
    ("states.resolution", "adopted_on__gte=2004-04-28"),
    ("auth.user", "is_staff__exact=1"),
]


@pytest.mark.parametrize(("model", "parameters"), FRESH)
def test_what_is_understood_is_saved_and_opened_as_it_is(model, parameters):
    client = person(None)
    assert save(client, parameters, model=model).status_code == 302
    answer = opened(client, SavedFilter.objects.get())
    assert answer["Location"].partition("?")[2] == parameters
    assert client.get(answer["Location"]).status_code == 200


GONE = [
    ("states.report", "kind__exact=letter"),
    ("states.report", "kind=letter"),
    ("states.report", "kind__in=letter,note"),
    ("states.report", "state__region__exact=Atlantis"),
    ("states.report", "state__id__exact=0"),
    ("states.report", f"id__exact={10**30}"),
    ("states.source", "publisher=Nobody"),
    ("states.state", "iso3=XXX"),
    ("states.state", "status__exact=province"),
    ("auth.user", "groups__id__exact=0"),
    ("visits.visit", "organizations__id__exact=0"),
]


@pytest.mark.parametrize(("model", "parameters"), GONE)
def test_a_choice_or_a_record_that_is_gone_shows_no_rows_and_says_so(model, parameters):
    client, chad = person(None), make.state("Chad")
    make.report(chad), make.visit(chad), make.source()
    answer = client.get(opened(client, make.saved_filter(client.person, parameters, model=model))["Location"])
    assert list(answer.context["cl"].result_list) == []
    assert "The filter “Mine” shows no rows. It may name a choice or a record that is gone." in answer.text


def test_a_state_that_a_filter_names_has_its_rows_until_it_is_deleted(ann):
    chad, congo = make.state("Chad"), make.state("Congo")
    report = make.report(chad)
    named = [
        make.saved_filter(ann.person, f"state__id__in={chad.pk},{congo.pk}", name="Both"),
        make.saved_filter(ann.person, f"state={chad.pk}", name="One"),
    ]
    for row in named:
        answer = ann.get(opened(ann, row)["Location"])
        assert list(answer.context["cl"].result_list) == [report]
        assert "shows no rows" not in answer.text
    report.delete()
    chad.delete()
    for row in named:
        assert f"The filter “{row.name}” shows no rows." in ann.get(opened(ann, row)["Location"]).text


def test_a_filter_without_choices_which_django_passes_over_is_told(monkeypatch):
    client = person(None)
    row = make.saved_filter(client.person, "groups__id__exact=1", model="auth.user")
    monkeypatch.setattr("django.contrib.admin.filters.RelatedFieldListFilter.has_output", lambda self: False)
    assert client.get("/admin/auth/user/?groups__id__exact=1").context["cl"].result_count == User.objects.count()
    assert "Its list has no filter “groups__id__exact”." in opened(client, row).context["reason"]


def test_a_list_that_is_no_longer_searched_is_told(ann, monkeypatch):
    row = make.saved_filter(ann.person, "q=Chad")
    assert opened(ann, row).status_code == 302
    monkeypatch.setattr(admin.site.get_model_admin(Report), "search_fields", [])
    assert "Its list has no filter “q”." in opened(ann, row).context["reason"]


# What is refused when it is saved


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "   "}, "This field is required."),
        ({"name": "\u200b\u202e"}, "at least one letter or digit"),
        ({"name": "a" * 81}, "at most 80 characters (it has 81)"),
        ({"name": "a\nb"}, "no control character"),
        ({"name": "a\x85b"}, "no control character"),
        ({"name": "Taken"}, "has this name already"),
        ({"parameters": ""}, "neither filtered nor searched"),
        ({"parameters": "p=2&o=1&q=+"}, "neither filtered nor searched"),
        ({"parameters": "q=" + "a" * 2000}, "longer than 2,000 characters"),
        ({"parameters": "q=" + "é" * 400}, "longer than 2,000 characters"),
        ({"parameters": "q=a%00b"}, "A part of it holds a control character"),
        ({"parameters": "&".join(f"note__contains={n}" for n in range(21))}, "21 parts; at most 20"),
        ({"parameters": "gone=1"}, "Its list has no such filter, or cannot read a value."),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_refusal_names_its_reason_and_keeps_what_was_typed(ann, data, words):
    make.saved_filter(ann.person, name="Taken")
    answer = save(ann, **data)
    assert answer.status_code == 200 and words in answer.text
    assert len(rows()) == 1
    assert answer.context["form"]["name"].value() == data.get("name", "Mine")


def test_a_name_is_taken_by_the_same_person_for_the_same_list_only(ann, ben):
    make.saved_filter(ben.person)
    make.saved_filter(ann.person, model="visits.visit")
    assert save(ann).status_code == 302
    row = SavedFilter.objects.get(owner=ann.person, model="states.report")
    assert change(ann, row, name="Mine").status_code == 302
    assert "has this name already" in save(ann).text


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_names_saved_at_once_one_is_refused_in_words():
    client = person(None)
    for number in range(3):
        answers = together(*(partial(save, browser, name=f"Name {number}") for browser in (client, again(client))))
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        assert any("has this name already" in answer.text for answer in answers)
    assert len(rows()) == 3


@pytest.mark.parametrize(
    "model", ["", "states", "states.statename", "nonsense.report", "__class__.x", "r1540.savedfilter"]
)
def test_a_filter_of_no_list_is_not_found(ann, model):
    assert save(ann, model=model).status_code == 404


@pytest.mark.parametrize("number", [0, 10**10, 10**30])
def test_a_number_of_no_filter_is_not_found(ann, number):
    for page in ("", "change/", "delete/"):
        answer = (ann.post if page else ann.get)(f"{ALL}{number}/{page}", {"name": "a"})
        assert answer.status_code in (400, 404)


def test_nobody_keeps_more_than_fifty(ann, ben):
    SavedFilter.objects.bulk_create(
        SavedFilter(owner=ann.person, model="states.report", name=f"{n}", parameters=UNPUBLISHED)
        for n in range(saved.MOST)
    )
    assert "You have 50 saved filters, and nobody keeps more." in save(ann).text
    assert save(ben).status_code == 302
    assert change(ann, SavedFilter.objects.first(), name="Renamed").status_code == 302
    SavedFilter.objects.first().delete()
    assert save(ann).status_code == 302


def test_a_name_is_shown_as_text(ann):
    make.saved_filter(ann.person, "gone=<b>", name="<script>1</script>")
    for url in ("/admin/", REPORTS, ALL, f"{ALL}{SavedFilter.objects.get().pk}/"):
        assert "<script>1" not in ann.get(url).text


# How much is asked


@pytest.mark.parametrize("url", ["/admin/", REPORTS, ALL])
def test_a_page_takes_as_many_queries_for_80_saved_filters_as_for_2(ann, url):
    counts = []
    for numbers in (range(2), range(2, 80)):
        for number in numbers:
            owner = ann.person if number % 2 else make.user(username=f"user{number}")
            make.saved_filter(owner, name=f"F{number}", is_for_all=True)
        counts.append(queries(ann, url))
    assert counts[0] == counts[1]
    shown = ann.get(url).text.count("<bdi>F")
    assert shown == (80 if url == ALL else saved.MOST_OFFERED)
    assert ann.get(url).text.index("<bdi>F1<") < ann.get(url).text.index("<bdi>F0<")


def test_to_be_offered_takes_one_query(ann, django_assert_num_queries):
    class Asked:
        user, GET = ann.person, QueryDict()

    make.saved_filter(ann.person)
    ann.person.has_perm("states.view_report")
    with django_assert_num_queries(1):
        assert len(saved.saved_of_list(Asked, Report)["rows"]) == 1
