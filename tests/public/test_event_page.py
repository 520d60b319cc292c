"""The page of an event: found from its State, each organization and the list; planned ones say so."""

from datetime import timedelta

from r1540.as_at.day import today
from r1540.as_at.when import When
from tests import factories as make
from tests.public.test_source_page import html, words

MINSK = "/events/BLR-event-2013-01/"


def test_the_workshop_of_minsk(client, record):
    shown = words(html(client, MINSK))
    for text in ("15–17 January 2013", "Minsk", "Belarus, with the Executive Committee of the CIS"):
        assert text in shown
    assert "Known only from the statement “Message of the Chair, 15 January 2013”; it does not confirm it." in shown
    page = html(client, f"{MINSK}?as_of=2013-01-15")
    for address in ("/states/BLR/", "/organizations/CIS/", "/organizations/OSCE/", "/sources/message-2013-01-15/"):
        assert f'href="{address}?as_of=2013-01-15"' in page
    data = client.get(f"{MINSK}?format=json").json()
    assert (data["organizations"], data["starts"], data["planned"]) == (["CIS", "OSCE"], "2013-01-15", False)
    assert data["sources"] == ["message-2013-01-15"]


def test_an_event_is_found_from_its_state_each_organization_and_the_list(client, record):
    for address in ("/states/BLR/", "/organizations/CIS/", "/organizations/OSCE/", "/events/?per_page=200"):
        assert f'href="{MINSK}"' in html(client, address), address
    assert 'id="BLR-event-2013-01"' in html(client, "/states/BLR/")  # where old links lead
    assert f'href="{MINSK}?as_of=2013-01-15"' in html(client, "/events/?as_of=2013-01-15")


def test_before_its_first_day_an_event_is_not_known(client, record):
    response = client.get(f"{MINSK}?as_of=2013-01-14")
    assert response.status_code == 404
    assert "No event “BLR-event-2013-01” is recorded as at 14 January 2013." in words(response.content.decode())
    assert client.get(f"{MINSK}?as_of=2013-01-15").status_code == 200


def test_an_event_whose_day_is_not_established_says_so(client, db):
    make.event(make.state(), "by 2016", reference="x", published=True)
    assert "it may have begun after 1 January 2015" in words(html(client, "/events/x/?as_of=2015-01-01"))
    assert "may have begun" not in words(html(client, "/events/x/"))


def test_a_planned_event_says_that_it_is_planned(client, db):
    cis, soon = make.organization(), today() + timedelta(days=30)
    event = make.event(make.state(), When.day(soon), reference="x", organizations=[cis], published=True)
    assert event.is_planned(today())
    assert "Planned: it had not begun by" in words(html(client, "/events/x/"))
    assert "Planned: Regional workshop" in words(html(client, "/states/TCD/"))
    for address in ("/events/", "/organizations/CIS/"):
        assert "(planned)" in words(html(client, address))
    assert client.get("/events/x/?format=json").json()["planned"] is True
    # That it was published is news. When it was planned is not recorded: of an earlier day it is not told.
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert client.get(f"/events/x/?as_of={yesterday}").status_code == 404
    assert "Planned: Regional workshop" in html(client, "/feed/")


def test_a_planned_visit_says_that_it_is_planned(client, db):
    soon = When.day(today() + timedelta(days=30))
    make.visit(make.state(), soon, reference="x", published=True)
    assert f"Planned for {soon}" in words(html(client, "/visits/x/"))
    assert "scheduled" in words(html(client, "/states/TCD/"))
    assert "Scheduled" in words(html(client, "/visits/"))
