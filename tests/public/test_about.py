"""The page about the record: each certainty word is defined there, once."""

import json
import re
from html import unescape

import pytest

from r1540.interchange import files
from states.models import Certainty

MEANINGS = [one.meaning for one in Certainty]


def test_each_certainty_word_has_a_meaning_of_its_own():
    assert len(set(MEANINGS)) == len(Certainty)
    for meaning in MEANINGS:
        assert re.fullmatch(r"[A-Z][^.]*\.", meaning), meaning


def test_the_page_defines_each_certainty_word_once(client, db):
    page = unescape(client.get("/about/").text)
    section = re.search('<section id="certainty">.*?</section>', page, re.S).group()
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", section) == [(one.label, one.meaning) for one in Certainty]
    assert [page.count(meaning) for meaning in MEANINGS] == [1] * len(MEANINGS)


@pytest.mark.parametrize(("table", "has_recollection"), [("memberships", True), ("reports", False)])
def test_the_files_define_the_certainty_words_that_they_use(db, table, has_recollection):
    package = json.loads(dict(files())["datapackage.json"])
    fields = next(one for one in package["resources"] if one["name"] == table)["schema"]["fields"]
    described = next(field["description"] for field in fields if field["name"] == "certainty")
    for one in Certainty:
        is_used = has_recollection or one != Certainty.RECOLLECTION
        assert (f"{one.value}: {one.meaning}" in described) == is_used
