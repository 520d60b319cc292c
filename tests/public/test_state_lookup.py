"""The filter by State: a select of all States, or a whole name in any language in an address."""

import json
import re
from urllib.parse import urlencode

import pytest

from states.models import State, StateName
from tests import factories as make
from tests.public.lists import count_on, fill

OF_FACTS = ("reports", "visits", "plans", "events")


def control(page) -> str:
    return re.search(r'<legend class="unseen">State</legend>(.*?)</fieldset>', page.text, re.S).group(1)


def asked(name, *states, **others):
    return f"/{name}/?{urlencode({'state': states, **others}, doseq=True)}"


@pytest.mark.parametrize("name", OF_FACTS)
def test_all_states_are_in_one_select_and_those_chosen_are_ticked_boxes_beside_it(client, db, name):
    fill(0, 200)
    page = client.get(f"/{name}/")
    assert control(page).count("<option") == 200 + 1
    assert "checked" not in control(page)
    codes = [State.objects.get(name=called).iso3 for called in ("State 007", "State 199")]
    chosen = client.get(asked(name, *codes))
    assert count_on(chosen) == 2
    assert re.findall(r'value="(\w+)" checked> ([\w ]+)<', control(chosen)) == [
        *zip(codes, ("State 007", "State 199"), strict=True)
    ]
    assert control(chosen).count("<option") == 198 + 1
    assert "State: State 007</span>" in chosen.text


CALLED = [
    ("FRA", "FRA"),
    ("fra", "FRA"),
    ("france", "FRA"),
    ("  French   republic ", "FRA"),
    ("Франция", "FRA"),
    ("ФРАНЦИЯ", "FRA"),
    ("Cote d'Ivoire", "CIV"),
    ("Turkey", "TUR"),
    ("congo", "COG"),
    ("DEMOCRATIC REPUBLIC OF THE CONGO", "COD"),
]


@pytest.mark.parametrize(("text", "code"), CALLED)
def test_a_state_is_asked_for_by_a_whole_name_in_any_language(client, record, text, code):
    page = client.get(asked("reports", text, as_of="2013-01-15"))
    if text != code:
        assert page.status_code == 302
        assert page.headers["Location"] == f"/reports/?state={code}&as_of=2013-01-15"
    data = client.get(asked("reports", text.strip(), format="json", cols="iso3")).json()
    assert {row["iso3"] for row in data["results"]} == {code}
    assert data["count"] == count_on(client.get(asked("reports", code)))


def test_names_are_added_to_the_codes_that_are_chosen(client, record):
    page = client.get(asked("visits", "KOR", "China", "chine", "kor"))
    assert page.headers["Location"] == "/visits/?state=KOR&state=CHN"
    assert client.get("/visits/?state=KOR&state=&region=Asia").headers["Location"] == "/visits/?state=KOR&region=Asia"


REFUSED = [
    ("Narnia", "No State has the name or the ISO alpha-3 code “Narnia”. Write its whole name, or a code such as TCD."),
    ("XXX", "No State has the name or the ISO alpha-3 code “XXX”."),
    ("republic of the con", "Did you mean: Congo (COG)?"),
    ("franc", "Did you mean: France (FRA)?"),
    ("united", "United Arab Emirates (ARE); United Kingdom"),
    ("re", "; and others?"),
    ("'", "No State has the name"),
    ("%", "No State has the name"),
    ("x" * 121, "at most 120 characters"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=lambda value: value[:20])
def test_what_is_no_name_is_refused_with_what_it_may_mean(client, record, text, reason):
    for states in ([text], ["FRA", text]):
        answer = client.get(asked("reports", *states, format="json"))
        assert answer.status_code == 400
        words = json.loads(answer.content)["reason"]
        assert words.startswith("state: ")
        assert reason in words
        assert client.get(asked("reports", *states)).status_code == 400


def test_a_name_of_several_states_is_refused_and_each_is_named(client, db):
    for name in ("Grenada", "Madagascar"):
        StateName.objects.create(state=make.state(name), language="en", kind="popular", name="The Island")
    answer = client.get(asked("events", "the island", format="json"))
    assert answer.status_code == 400
    assert answer.json()["reason"] == (
        "state: “the island” is the name of several States. Write the code of one: Grenada (GRD); Madagascar (MDG)."
    )


@pytest.mark.parametrize("name", OF_FACTS)
def test_a_code_is_that_state_even_if_another_is_called_so(client, record, name):
    StateName.objects.create(state=State.objects.get(iso3="FRA"), language="en", kind="popular", name="TCD")
    assert client.get(asked(name, "TCD")).status_code == 200
    assert "France (FRA)" in client.get(asked(name, "tcd", format="json")).json()["reason"]
