"""Unpublished facts and internal columns do not change one byte of what the public is answered."""

from itertools import count

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import ProgrammingError, connection, models, transaction
from django.test import Client

from r1540 import door
from r1540.door import reading, views
from states.models import ActionPlan, Organization, Report, Source, State, fact_models
from tests import factories as make
from tests.public.addresses import addresses
from visits.models import Event, Visit

SECRET = "Xyzzysecret"
NUMBERS = count(1)
PUBLISHED = (*fact_models(), Source)


def record_models():
    return [model for model in views.models() if not model._meta.auto_created]


def plant():
    """A secret in every internal column, and an unpublished row, full of secrets, of every model that has such rows."""
    guinea, korea = State.objects.get(iso3="GIN"), State.objects.get(iso3="KOR")
    hidden = make.source(f"{SECRET}-source", title=SECRET, publisher=SECRET, note=SECRET, link=f"https://{SECRET}.org/")
    words = {"note": SECRET, "sources": [hidden]}
    make.report(guinea, "2012-03-01", symbol="S/AC.44/2012/77", reference=f"{SECRET}-report", **words)
    make.report(korea, "2011", kind="additional information", reference=f"{SECRET}-more", **words)
    plan = make.plan(korea, "2012-05-05", reference=f"{SECRET}-plan", **words)
    make.plan(guinea, None, announced="2010", reference=f"{SECRET}-plan-2", **words)
    organization = Organization.objects.get(acronym="CIS")
    details = {"purpose": SECRET, "programme": SECRET, "took_part": SECRET, "follow_up": SECRET}
    make.visit(guinea, None, invited="2013-01-01", reference=f"{SECRET}-visit", **details, **words)
    make.visit(korea, "2012-01-10", organizations=[organization], reference=f"{SECRET}-visit-2", **details, **words)
    make.event(guinea, "2013-01-16", SECRET, place=SECRET, organizers=SECRET, organizations=[organization], **words)
    make.figure(171, "2013-01-14", reference=f"{SECRET}-figure", **words)
    make.resolution("S/RES/9999 (2013)", "2013-01-10", mandate_until="2099-01-01", effect=SECRET, **words)
    for number, model in enumerate(fact_models()):
        if not model.objects.filter(published=False).exists():
            make.fact(model, guinea, reference=f"{SECRET}-kind-{number}", **words)
    # What is public points at what is not.
    for model in PUBLISHED:
        if model is not Source:
            model.objects.filter(published=True).first().sources.add(hidden)
    make.plan(korea, "2013-01-01", number=2, supersedes=plan, published=True, reference="KOR-2")
    for model in record_models():
        model.objects.update(**internal(model, SECRET))
    # The one exception, tested by itself: how many visits that somebody checked are in the pipeline.
    Visit.objects.filter(published=False).update(checked=False)


def internal(model, words) -> dict:
    """Values for the internal columns of a model; when a row was published the database says, whatever is written."""
    told = {models.BooleanField: bool(words), models.DateTimeField: None}
    fields = (model._meta.get_field(name) for name in views.columns(model)[1])
    return {field.name: told.get(type(field), words) for field in fields}


def scrub():
    """Turn the record into a copy without unpublished rows and internal columns."""
    ActionPlan.objects.filter(supersedes__published=False).update(supersedes=None)
    for model in PUBLISHED:
        for row in model.objects.filter(published=False):
            row.delete()
    for model in record_models():
        model.objects.update(**internal(model, ""))


def answers(asked) -> dict:
    """Status, headers and bytes of each address. (An ETag is the hash of the bytes: see page_cache.py.)"""
    client, found = Client(), {}
    for address in asked:
        response = client.get(address)
        found[address] = (response.status_code, dict(response.headers), response.getvalue())
    return found


@pytest.fixture
def planted(record):
    plant()


PARTS = 6  # so that the comparison is shared out between the workers


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(300)
def test_unpublished_facts_change_no_byte_of_any_answer(planted, part):
    hidden = [row for model in (Visit, Event, Source) for row in model.objects.filter(published=False)]
    every = [*addresses([SECRET, "zz"]), *(row.get_absolute_url() for row in hidden)]
    assert len(every) > 500
    asked = every[part::PARTS]
    with_secrets = answers(asked)
    scrub()
    without = answers(asked)
    assert {status for status, _, _ in without.values()} >= {200, 400}
    assert sum(len(body) for _, _, body in without.values()) > 500_000
    differing = [address for address in with_secrets if with_secrets[address] != without[address]]
    assert differing == []
    echoing = asking_for_it(asked)
    leaks = [address for address, (_, _, body) in with_secrets.items() if SECRET.encode() in body]
    assert [address for address in leaks if address not in echoing] == []


def asking_for_it(asked) -> set[str]:
    """Addresses that hold the secret themselves, and say it back."""
    return {address for address in asked if SECRET in address}


def test_the_comparison_sees_a_view_made_over_the_tables(planted, monkeypatch):
    monkeypatch.setattr(views, "rows", lambda model, table, depth=0: "")
    monkeypatch.setattr(views, "column", lambda field, table, is_internal: f'"{table}"."{field.column}"')
    views.make_views()
    lists = [address for address in addresses([SECRET]) if address.startswith(("/reports/", "/visits/", "/sources/"))][
        :40
    ]
    with_secrets = answers(lists)
    scrub()
    assert with_secrets != answers(lists)


@pytest.mark.parametrize("model", views.models(), ids=lambda model: model.__name__)
def test_every_model_has_a_view_that_hides_what_is_internal(planted, model):
    with door.public_transaction():
        seen = list(model.objects.values())
    assert seen
    assert not any(SECRET in str(value) for row in seen for value in row.values())
    assert not any(row[name] for row in seen for name in views.columns(model)[1])


@pytest.mark.parametrize("model", PUBLISHED, ids=lambda model: model.__name__)
def test_a_secret_is_planted_in_every_model_that_has_unpublished_rows(planted, model):
    texts = [f for f in model._meta.fields if isinstance(f, models.CharField | models.TextField) and not f.choices]
    row = model.objects.filter(published=False).first()
    assert any(SECRET in str(getattr(row, field.name)) for field in texts)


def test_a_field_declared_neither_public_nor_internal_is_refused(monkeypatch):
    monkeypatch.setattr(State, "internal_columns", "")
    with pytest.raises(FieldDoesNotExist, match="internal_note"):
        views.view(State)


@pytest.mark.parametrize("model", views.models(), ids=lambda model: model.__name__)
def test_the_public_role_reads_no_table_and_writes_no_view(db, model):
    table = model._meta.db_table
    for statement in (
        f"SELECT * FROM public.{table}",
        f"DELETE FROM {door.SCHEMA}.{table}",
        f"UPDATE public.{table} SET id = id",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            door.public_transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_public_page_is_one_snapshot_and_read_only():
    with door.public_transaction(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("repeatable read",)
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("on",)
        cursor.execute("SELECT current_user, current_setting('search_path')")
        assert cursor.fetchone() == ("r1540_public", door.SCHEMA)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() != ("r1540_public",)


def test_a_statement_that_takes_too_long_is_answered_503(db, settings, rf):
    settings.PUBLIC_STATEMENT_TIMEOUT_MS = 50

    def slow(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    with transaction.atomic():
        response = door.public_page(slow)(rf.get("/"))
    assert response.status_code == 503
    assert "too long" in response.content.decode()


def kept() -> list[str]:
    """The prepared statements of this connection that ask for reports."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%%states_report%%'")
        return [statement for (statement,) in cursor.fetchall()]


def test_a_prepared_statement_never_tells_the_public_what_staff_see(db):
    """Even one that was prepared as staff: the statement is the same, the tables are not."""
    make.report(make.state(), internal_note="For staff only.")
    asking = Report.objects.order_by("pk").values_list("internal_note", flat=True)
    for _ in range(12):
        with reading.prepared_statements(connection.connection):
            assert list(asking.all()) == ["For staff only."]
        with door.public_transaction():
            assert list(asking.all()) == []
    assert len(kept()) == 1
    Report.objects.update(published=True)
    for _ in range(12):
        with door.public_transaction():
            assert list(asking.all()) == [""]
        assert list(asking.all()) == ["For staff only."]
    assert len(kept()) == 1


def test_only_what_the_public_asks_is_prepared(db):
    make.report(make.state())
    for _ in range(12):
        assert Report.objects.count() == 1
    assert not kept()
    with pytest.raises(ZeroDivisionError), door.public_transaction():
        raise ZeroDivisionError
    for _ in range(12):
        assert Report.objects.count() == 1
    assert not kept()


def test_a_prepared_statement_outlives_the_views_it_asks(db):
    """A migration makes them anew while connections are open."""
    make.report(make.state(), published=True)
    for turn in range(12):
        with door.public_transaction():
            assert Report.objects.count() == 1
        if turn == 8:
            views.make_views()
