"""States found by what people type, and sorted the same whatever the database's locale."""

import importlib

import pytest
from django.apps import apps
from django.db import connection

from r1540.as_at.names import folded, starts_word
from states.models import Organization, Source, State, StateName
from tests import factories
from visits.models import Event

pytestmark = pytest.mark.django_db

NAMES = (
    ("Türkiye", "en", "former", "Turkey"),
    ("Türkiye", "fr", "short", "Türkiye"),
    ("Côte d'Ivoire", "en", "popular", "Ivory Coast"),
    ("Côte d'Ivoire", "ru", "short", "Кот-д'Ивуар"),
    ("Congo", "en", "popular", "Republic of Congo"),
    ("Congo", "en", "popular", "Congo (Brazzaville)"),
    ("Democratic Republic of the Congo", "en", "popular", "DRC"),
    ("Democratic Republic of the Congo", "en", "popular", "Democratic Republic of Congo"),
    ("Democratic Republic of the Congo", "fr", "short", "République démocratique du Congo"),
    ("Democratic Republic of the Congo", "en", "former", "Zaire"),
    ("Chad", "ru", "short", "Чад"),
    ("Chad", "zh", "short", "乍得"),
    ("Chad", "ar", "short", "تشاد"),
    ("Chad", "fr", "short", "Tchad"),
    ("Republic of Korea", "en", "popular", "South Korea"),
    ("Democratic People's Republic of Korea", "en", "popular", "North Korea"),
    ("United States", "es", "short", "Estados Unidos"),
)


@pytest.fixture
def states():
    """Some States with their names, and Zimbabwe, which nothing here should find unless it is asked for."""
    made = {name: factories.state(name) for name in ("Zimbabwe", "France", *dict.fromkeys(row[0] for row in NAMES))}
    State.objects.filter(name="United States").update(formal_name="United States of America")
    for state, language, kind, name in NAMES:
        factories.state_name(made[state], name, language, kind)
    return made


def found(text: str) -> list[str]:
    return [state.name for state in State.objects.named(text)]


COTE, TURKIYE, CONGO, DRC = "Côte d'Ivoire", "Türkiye", "Congo", "Democratic Republic of the Congo"
KOREAS = ["Democratic People's Republic of Korea", "Republic of Korea"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Turkey", [TURKIYE]),
        ("turkiye", [TURKIYE]),
        ("TÜRKIYE", [TURKIYE]),
        ("TÜRKİYE", [TURKIYE]),
        ("Tu\u0308rkiye", [TURKIYE]),  # the accent as a character of its own, as some keyboards send it
        ("turk", [TURKIYE]),
        ("cote", [COTE]),
        ("CÔTE", [COTE]),
        ("cote d'ivoire", [COTE]),
        ("cote divoire", []),
        ("cote d ivoire", [COTE]),
        ("Côte d’Ivoire", [COTE]),  # the apostrophe of printers and telephones
        ("Côte dʼIvoire", [COTE]),
        ("d’ivoire", [COTE]),
        ("ivory coast", [COTE]),
        ("coast ivory", [COTE]),
        ("  ivory   coast  ", [COTE]),
        ("ivory\tcoast", [COTE]),
        ("кот-д'ивуар", [COTE]),
        ("Republic of Congo", [CONGO]),
        ("Republic of the Congo", [CONGO]),
        ("republic OF THE congo", [CONGO]),
        ("Congo (Brazzaville)", [CONGO]),
        ("the Congo", [CONGO, DRC]),
        ("congo", [CONGO, DRC]),
        ("democratic congo", [DRC]),
        ("Democratic Republic of Congo", [DRC]),
        ("republique democratique", [DRC]),
        ("DRC", [DRC]),
        ("zaïre", [DRC]),
        ("Чад", ["Chad"]),
        ("ЧАД", ["Chad"]),
        ("чад", ["Chad"]),
        ("乍得", ["Chad"]),
        ("乍", ["Chad"]),
        ("تشاد", ["Chad"]),
        ("tchad", ["Chad"]),
        ("had", []),
        ("korea", KOREAS),
        ("South Korea", ["Republic of Korea"]),
        ("Republic of Korea", ["Republic of Korea"]),
        ("united states", ["United States"]),
        ("United States of America", ["United States"]),
        ("estados unidos", ["United States"]),
        ("france", ["France"]),
        ("france zimbabwe", []),
        ("Atlantis", []),
    ],
)
def test_a_state_is_found_by_what_people_type(states, text, names):
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    ["%", "_", "%%", "c%d", "c_ad", "\\", "\\%", "ch\\ad", '"', "*", "?", "c.*", "[a-z]", "';--", "$1", "::text", "%s"],
)
def test_a_sign_stands_for_itself(states, text):
    assert found(text) == []


@pytest.mark.parametrize("text", ["%", "_", "\\"])
def test_a_sign_in_a_name_is_found(states, text):
    factories.state_name(states["France"], f"100{text} France")
    assert found(f"100{text}") == ["France"]
    assert found(f"100{text} fr") == ["France"]
    assert found(f"1{text}") == []


@pytest.mark.parametrize("text", ["", " ", " \t\n ", "'", "’", "- -", "(,.)", "''", "\u00a0", "\u0301"])
def test_nothing_is_found_by_nothing(states, text):
    assert found(text) == []


def test_a_state_is_found_once_by_several_of_its_names(states):
    factories.state_name(states["Chad"], "Chad")
    factories.state_name(states["Chad"], "Chad", kind="former")
    assert found("chad") == ["Chad"]


def test_names_are_searched_within_the_states_asked_for(states):
    africa = State.objects.exclude(iso3="COD")
    assert [state.iso3 for state in africa.named("congo")] == ["COG"]
    assert [state.iso3 for state in africa.named("Democratic Republic of Congo")] == []


@pytest.mark.parametrize("letter", ["x", "ß", "漢", "\U0001d160"])  # of 1 to 12 bytes, as the index has it
def test_a_word_may_be_as_long_as_a_title(letter):
    source = factories.source(title=letter * 300)
    assert [*Source.objects.filter(starts_word("sort_title", *folded(letter * 290)))] == [source]
    assert [*State.objects.named(letter * 5000)] == [*State.objects.called(letter * 5000)] == []


def test_a_text_may_be_cut_off_before_a_word():
    source = factories.source(title=f"{'ß' * 249}a bc")  # folded, 499 letters and a space
    assert [*Source.objects.filter(starts_word("sort_title", *folded("ß" * 249)))] == [source]


def test_a_name_that_is_changed_is_found_by_the_new_one(states):
    State.objects.filter(iso3="ZWE").update(name="Rhodésie")
    assert found("rhodesie") == ["Rhodésie"]


FOLDED = [
    ("Côte d’Ivoire", "cote d ivoire"),
    ("U.K.", "uk"),
    ("U. S. A.", "usa"),
    ("u.s.a", "usa"),
    ("D.R. Congo", "dr congo"),
    ("D.R.Congo", "dr congo"),
    ("Lao P.D.R.", "lao pdr"),
    ("С.Ш.А.", "сша"),
    ("St. Lucia", "st lucia"),
    ("S/AC.44/2004", "s ac 44 2004"),
    ("about 1.5 per cent. Then", "about 1 5 per cent then"),
    ("إيران (جمهورية - الإسلامية)", "ايران جمهوريه الاسلاميه"),
    ("المَغـرِب", "المغرب"),
    ("ایران", "ايران"),
    ("ﺍﻳﺮﺍﻥ", "ايران"),  # as copied from a PDF
    ("أولاً, آسيا", "اولا اسيا"),
    ("\ufeffCh\u00adad\u200b\u202e", "chad"),
    ("Burkina\u00a0\u2003Faso\tx", "burkina faso x"),
    ("«Minsk»: “why?”", "minsk why"),
]


@pytest.mark.parametrize(("text", "fold"), FOLDED, ids=ascii)
def test_a_text_is_folded_as_people_type_it(text, fold):
    assert folded(text) == [fold]
    assert folded(fold) == [fold]


def test_names_are_folded_again_without_history_and_checks_stay(states):
    steps = importlib.import_module("r1540.migrations.0003_fold_as_typed")
    source = factories.source(title="U.K. statement")
    Source.objects.update(published=True)
    tables = [State, StateName, Source, Organization, Event]
    before = [list(model.objects.order_by("pk").values()) for model in tables]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM states_sourceevent")
        known = cursor.fetchone()
        for statement in steps.FOLD_AGAIN:
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM states_sourceevent")
        assert cursor.fetchone() == known != (0,)
    assert [list(model.objects.order_by("pk").values()) for model in tables] == before
    assert Source.objects.get(pk=source.pk).sort_title == "uk statement"


def test_every_stored_fold_is_folded_again():
    steps = importlib.import_module("r1540.migrations.0003_fold_as_typed")
    stored = {model._meta.db_table for model in apps.get_models() for one in model._meta.fields if one.generated}
    assert set(steps.FOLDED) == stored


SORTED = [
    *("Åland", "Albania", "Çelebi", "Costa Rica", "Côte d'Ivoire", "Croatia", "Éire", "El Salvador", "eSwatini"),
    *("Ethiopia", "Guinea", "Guinea-Bissau", "Łódź", "Luxembourg", "Oman", "Österreich", "Pakistan", "Saint Lucia"),
    *("São Tomé", "Saudi Arabia", "Türkiye", "Turkmenistan", "Zambia"),
]


def test_states_sort_by_their_letters_without_accents():
    for name in sorted(SORTED):
        factories.state(name)
    assert sorted(SORTED) != SORTED  # by code points Åland would come last
    assert [state.name for state in State.objects.all()] == SORTED
    assert [state.name for state in State.objects.reverse()] == SORTED[::-1]


def test_sources_sort_by_their_letters_without_accents():
    for title in ("zebra", "Élan", "Eland", "alpha", "Über"):
        factories.source(title=title)
    assert [source.title for source in Source.objects.all()] == ["alpha", "Élan", "Eland", "Über", "zebra"]


@pytest.mark.parametrize("model", [State, StateName, Organization, Source, Event])
def test_sort_keys_do_not_follow_the_locale_of_the_database(model):
    generated = [field for field in model._meta.concrete_fields if field.generated]
    assert generated
    with connection.cursor() as cursor:
        for field in generated:
            cursor.execute(
                "SELECT collation_name FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
                [field.model._meta.db_table, field.column],
            )
            assert cursor.fetchone() == ("C",)
