"""How tests read a board of States from its page."""

import csv
import io
import re
from html import unescape
from types import SimpleNamespace

from tests.public.addresses import asking

TILE = re.compile(r'<li><a class="tile ([a-z-]+)" href="([^"]*)">(.*?)</a></li>')
NUMBER = re.compile(r'<a href="([^"]*)"><strong>(\d+)</strong> (.*?)(?:<span|</a>)')
SECTION = re.compile(
    r'<section class="group" aria-labelledby="[\w-]+">\s*<h3 id="[\w-]+">(.*?)</h3>(.*?)</section>', re.S
)


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def tiles_of(html: str) -> list:
    found = (
        SimpleNamespace(pattern=one, address=unescape(two), text=text(three)) for one, two, three in TILE.findall(html)
    )
    return list(found)


def iso3(tiles) -> list[str]:
    return [tile.address[8:11] for tile in tiles]


def numbers_of(html: str) -> list[tuple[str, int, str]]:
    return [(unescape(address), int(number), words.strip()) for address, number, words in NUMBER.findall(html)]


def board_of(client, **asked):
    """The page of a board, its legend, and its groups by their heading."""
    response = client.get(asking("states", view="board", **asked))
    assert response.status_code == 200
    page = response.content.decode()
    legend = re.search(r'<section class="legend".*?</section>', page, re.S)
    groups = {unescape(name): body for name, body in SECTION.findall(page)}
    return SimpleNamespace(page=page, legend=legend.group() if legend else "", groups=groups)


def rows_of(client, address: str) -> list[str]:
    """The codes of the States of the list at an address."""
    response = client.get(f"{address}&format=csv&cols=iso3&cols=name")
    assert response.status_code == 200
    return [row["iso3"] for row in csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig")))]
