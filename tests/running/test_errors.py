"""Answers 500 and 503: they come in the format asked for, and rest on nothing that may be what failed."""

import io
import json
import logging
import re
from base64 import b64encode
from contextlib import contextmanager
from hashlib import sha256

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connections, transaction
from django.test import Client, override_settings
from psycopg import errors as of_postgresql

from r1540 import errors
from r1540.door import revision
from r1540.templatetags import record
from states.lists.reports import ReportList
from tests import factories

STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}


@pytest.fixture
def reader():
    return Client(raise_request_exception=False)


@contextmanager
def away():
    """While in this block, nothing listens where PostgreSQL was."""
    database = connections["default"]
    database.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "get_connection_params", lambda: {"host": "/nowhere", "dbname": "r1540"})
        yield
    database.close()


@pytest.fixture
def broken(monkeypatch, tmp_path):
    """The list of reports raises, and collectstatic was not run."""

    def view(*args, **kwargs):
        raise LookupError("A secret")

    monkeypatch.setattr(ReportList, "dispatch", view)
    record.asset.cache_clear()
    with override_settings(STORAGES=STORAGES, STATIC_ROOT=tmp_path):
        yield
    record.asset.cache_clear()


@pytest.mark.django_db
def test_an_error_is_noted_where_the_server_writes(reader, broken, monkeypatch):
    (handler,) = logging.getLogger("django").handlers
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    assert reader.get("/reports/").status_code == 500
    assert written.getvalue().startswith("Internal Server Error: /reports/")
    assert "LookupError: A secret" in written.getvalue()


@pytest.mark.django_db
def test_the_page_for_an_error_needs_no_collected_files(reader, broken):
    answer = reader.get("/reports/")
    assert answer.status_code == 500
    assert "<h1>Something went wrong here</h1>" in answer.text and "Try again in a few minutes." in answer.text
    assert "secret" not in answer.text
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_the_page_for_an_error_is_one_template_and_loads_nothing(reader, broken):
    answer = reader.get("/reports/")
    assert [template.name for template in answer.templates] == ["failed.html"]
    assert not re.search("<link|<img|<script|@import|url\\(", answer.text)


def test_the_page_for_an_error_asks_no_database(rf):
    """Without its mark a test that asks the database fails."""
    assert errors.server_error(rf.get("/reports/")).status_code == 500


@pytest.mark.django_db
def test_the_style_of_the_page_for_an_error_is_allowed_by_its_policy_and_no_other_is(reader, broken):
    answer = reader.get("/reports/")
    (style,) = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}'" in answer["Content-Security-Policy"].split("; ")  # in any order
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["csv", "xlsx", "atom"])
def test_an_error_is_plain_text_where_a_file_was_asked_for(reader, broken, name):
    answer = reader.get(f"/reports/?format={name}")
    assert answer.status_code == 500
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("Something went wrong here.")


@pytest.mark.django_db
def test_an_error_is_json_where_json_was_asked_for(reader, broken):
    answer = reader.get("/reports/?format=json")
    assert answer.status_code == 500
    assert json.loads(answer.text)["error"] == "Something went wrong here"


@pytest.mark.django_db
def test_an_address_of_too_many_parts_is_answered_400(reader):
    answer = reader.get("/reports/?" + "a&" * 1500)
    assert answer.status_code == 400
    assert "This address cannot be answered" in answer.text


@pytest.mark.django_db(transaction=True)
def test_readers_are_told_to_come_back_while_the_database_is_away(reader):
    factories.state("Chad")
    for address in ("/", "/states/", "/reports/", "/states/TCD/", "/figures/", "/feed/", "/search/?q=Chad"):
        with away():
            answer = reader.get(address)
        assert (address, answer.status_code) == (address, 503)
        assert int(answer["Retry-After"]) > 0
        assert "The database does not answer at the moment." in answer.text
        assert answer["Cache-Control"] == "no-store"
        assert reader.get(address).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_that_the_database_is_away_is_said_in_the_format_asked_for(reader):
    with away():
        answers = {name: reader.get(f"/reports/?format={name}") for name in ("json", "csv", "xlsx", "atom")}
    assert {answer.status_code for answer in answers.values()} == {503}
    assert json.loads(answers.pop("json").text)["reason"] == "The database does not answer at the moment."
    assert {answer["Content-Type"] for answer in answers.values()} == {"text/plain; charset=utf-8"}
    assert all("The database does not answer at the moment." in answer.text for answer in answers.values())


@pytest.mark.django_db(transaction=True)
def test_staff_are_told_to_come_back_while_the_database_is_away(reader):
    """Here the middleware that reads the session fails, before any view."""
    reader.force_login(factories.user())
    for address in ("/admin/", "/admin/states/report/", "/admin/states/report/add/", "/reports/"):
        with away():
            answer = reader.get(address)
        assert (address, answer.status_code) == (address, 503)
        assert answer["Retry-After"]
        assert reader.get(address).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_who_signs_in_while_the_database_is_away_is_told_to_look_what_was_saved(reader):
    with away():
        answer = reader.post("/admin/login/", {"username": "somebody", "password": "x"})
    assert answer.status_code == 503
    assert "Look first whether what you sent was saved." in answer.text


@pytest.mark.django_db
def test_a_statement_that_fails_without_the_layers_between_says_so_by_its_state():
    """As the public door and the revision ask."""
    connections["default"].ensure_connection()
    with pytest.raises(OperationalError) as found, transaction.atomic():
        revision.sent(connections["default"].connection.pgconn.exec_, b"SELECT nothing")
    assert not errors.is_database_away(found.value)


def raised(error, cause):
    """An error of Django's as it is raised from one of psycopg's."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (raised(OperationalError(), psycopg.OperationalError("connection refused")), True),
        (raised(OperationalError(), of_postgresql.AdminShutdown()), True),
        (raised(OperationalError(), of_postgresql.CrashShutdown()), True),
        (raised(OperationalError(), of_postgresql.CannotConnectNow()), True),
        (raised(OperationalError(), of_postgresql.ConnectionFailure()), True),
        (raised(OperationalError(), of_postgresql.TooManyConnections()), True),
        (raised(OperationalError(), raised(OperationalError(), of_postgresql.AdminShutdown())), True),
        (raised(InterfaceError(), psycopg.InterfaceError("the connection is closed")), True),
        (OperationalError("The disk is full"), True),
        (raised(OperationalError(), of_postgresql.QueryCanceled()), False),
        (raised(OperationalError(), raised(OperationalError(), of_postgresql.QueryCanceled())), False),
        (raised(OperationalError(), of_postgresql.SerializationFailure()), False),
        (raised(OperationalError(), of_postgresql.DeadlockDetected()), False),
        (raised(OperationalError(), of_postgresql.LockNotAvailable()), False),
        (LookupError(), False),
        (None, False),
    ],
)
def test_only_a_lost_connection_says_that_the_database_is_away(error, is_away):
    assert errors.is_database_away(error) == is_away
