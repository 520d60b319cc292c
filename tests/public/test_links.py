"""Every kind of page as a browser reads it: elements nest and end, names are found, links lead somewhere."""

from collections import Counter, defaultdict
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import pytest

from states.models import fact_models
from tests.public.addresses import LISTS

VOID = {"br", "circle", "col", "hr", "img", "input", "link", "meta", "path", "wbr"}
# What may not stand inside a paragraph, which ends before it: the rest would be outside.
BLOCKS = {"p", "div", "section", "ul", "ol", "dl", "table", "form", "details", "fieldset", "nav", "h1", "h2", "h3"}
FOLLOWED = 3
NAMING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
PAGES = [
    *("/", "/about/", "/search/", "/search/?q=chad", "/nowhere/", "/groups/", "/groups/african-group/"),
    *("/states/ALB/", "/states/GBR/?as_of=2013-01-15", "/organizations/CIS/", "/organizations/OSCE/?as_of=2013-11-18"),
    *("/states/?view=board", "/states/?view=board&by=organization&as_of=2013-01-15", "/states/?region=Atlantis"),
    *("/figures/", "/figures/?by=organization", "/figures/first-reports/", "/figures/history/"),
    *("/figures/changes/", "/figures/changes/?since=2013-01-15&as_of=2013-11-18"),
    *(f"/{name.replace(' ', '-')}/" for name in LISTS),
    *(
        f"/{name.replace(' ', '-')}/?as_of=2013-01-15&sort=-{next(iter(one.table_class.sortable()))}"
        for name, one in LISTS.items()
    ),
]


class Read(HTMLParser):
    """A page: what is wrong with it, the names of its elements, and where its links lead."""

    def __init__(self, text: str):
        super().__init__()
        self.wrong, self.open, self.ids, self.named, self.links = [], [], [], [], []
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> has no end" for tag in self.open]
        self.wrong += [f"id {one} stands {times} times" for one, times in Counter(self.ids).items() if times > 1]
        self.wrong += [f"{attribute} names {one}" for attribute, one in self.named if one not in self.ids]

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if len(found) < len(attributes):
            self.wrong.append(f"<{tag}> has an attribute twice")
        if tag in BLOCKS and "p" in self.open:
            self.wrong.append(f"<{tag}> in <p>")
        if tag in ("a", "button") and {"a", "button"} & set(self.open):
            self.wrong.append(f"<{tag}> in another thing to press")
        if tag == "li" and self.open[-1] not in ("ul", "ol"):
            self.wrong.append(f"<li> in <{self.open[-1]}>")
        if "id" in found:
            self.ids.append(found["id"])
        self.named += [(name, one) for name in NAMING for one in (found.get(name) or "").split()]
        if tag == "a":
            self.links.append(found["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> after {self.open[-1:]}")
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]


@pytest.fixture
def read(client, record):
    return cache(lambda address: Read(client.get(address).text))


def facts_with_pages() -> list[str]:
    models = [model for model in fact_models() if model.fact_kind.page_view]
    return [fact.get_absolute_url() for model in models if (fact := model.objects.first())]


def test_every_kind_of_page_is_well_formed(read):
    for address in (*PAGES, *facts_with_pages()):
        assert read(address).wrong == [], address


def levels(text: str) -> list[int]:
    return [int(one[0]) for one in text.split("<h")[1:] if one[0].isdigit()]


def test_no_level_of_headings_is_left_out(client, record):
    for address in PAGES:
        found = levels(client.get(address).text)
        assert found.count(1) == 1, address
        assert found[0] == 1, address
        assert all(below <= above + 1 for above, below in pairwise(found)), (address, found)


def test_every_link_of_every_kind_of_page_leads_somewhere_and_to_its_place_there(client, read):
    """Of the links of a page to pages of one kind the first few are followed: the others are made in the same way."""
    found = defaultdict(dict)
    for address in (*PAGES, *facts_with_pages()):
        for link in read(address).links:
            if link.startswith("#"):
                assert link[1:] in read(address).ids, (address, link)
                continue
            to = urlsplit(urljoin(address, link))
            if to.netloc:
                assert to.scheme in ("http", "https"), (address, link)
                continue
            kind = (urlsplit(address).path, to.path.split("/")[1], bool(to.fragment))
            found[kind].setdefault(to.path, (f"{to.path}?{to.query}", to.fragment))
    followed = dict.fromkeys(one for links in found.values() for one in [*links.values()][:FOLLOWED])
    answers = {link: client.get(link).status_code for link in dict.fromkeys(link for link, _ in followed)}
    assert {link: answer for link, answer in answers.items() if answer != 200} == {}
    assert [(link, place) for link, place in followed if place and place not in read(link).ids] == []
