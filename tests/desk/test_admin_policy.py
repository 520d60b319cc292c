"""Every page of the admin keeps the strict policy: nothing inline, nothing from elsewhere."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.desk.admin_client import signed_in
from tests.desk.desk_addresses import filled, page_of, patterns, rows

pytestmark = pytest.mark.django_db


class Inline(HTMLParser):
    """What the policy would refuse: scripts and styles that stand in the page itself, or come from another site."""

    def __init__(self):
        super().__init__()
        self.found, self.tags = [], 0

    def handle_starttag(self, tag, attributes):
        self.tags += 1
        for name, value in attributes:
            if name == "style" or name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value}>")
            if name == "src" and re.match(r"(\w+:)?//", value or "") and not (value or "").startswith("data:"):
                self.found.append(f"<{tag} src={value}>")
        if tag == "style" or (tag == "script" and "src" not in dict(attributes)):
            self.found.append(f"<{tag}>")


def inline(text):
    parser = Inline()
    parser.feed(text)
    assert parser.tags > 10
    return parser.found


def check(answer):
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    if answer["Content-Type"].startswith("text/html") and answer.content:
        assert inline(answer.text) == [], answer.request["PATH_INFO"]
        return 1
    return 0


def test_no_page_of_the_admin_holds_anything_inline():
    made, client, checked = rows(), signed_in(None), 0
    for name, route, _ in patterns():
        if name != "logout":
            answer = client.get(filled(route, made.get(page_of(name, route)[0])))
            checked += check(answer)
    assert checked > 55


def test_nor_do_the_pages_before_it_and_those_that_show_errors(settings):
    settings.SECOND_FACTOR = True
    half_way = Client()
    half_way.force_login(factories.user(None))
    for client, address in ((Client(), "login"), (half_way, "second_factor")):
        assert check(client.get(reverse(f"admin:{address}")))
        assert check(client.post(reverse(f"admin:{address}"), {"username": "a", "password": "b", "code": "1"}))
    assert check(half_way.post(reverse("admin:logout")))


@pytest.mark.parametrize(
    "text",
    ["<style>a{}</style>", "<script>1</script>", "<p style=a>", "<a href='javascript:1'>", "<img src=//a.org/b>"],
)
def test_the_search_for_it_finds_it(text):
    assert inline("<p>" * 11 + text)
