"""A page is served again only while the record is as it was: never stale, never stuck, never torn, to nobody else."""

import gzip
from contextlib import closing, nullcontext
from datetime import date
from threading import Thread

import pytest
from django.contrib.sessions.models import Session
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from r1540 import door, page_cache
from r1540.door import replicas, revision, views
from r1540.page_cache import PageCache
from states.models import Report, Source, State
from tests import factories as make
from tests.public.addresses import addresses
from tests.running.reading import ADDRESS, ask, cached, race

pytestmark = pytest.mark.django_db(transaction=True)
GZIP = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}


@pytest.fixture(autouse=True)
def persistent(settings):
    """Keep connections open, as in production, and close at the end what a test left open."""
    databases = connections.settings["default"]
    age, databases["CONN_MAX_AGE"] = databases["CONN_MAX_AGE"], None
    yield
    databases["CONN_MAX_AGE"] = age
    connections.close_all()


@pytest.fixture
def source():
    return make.source("source-1", published=True, note="before")


def elsewhere(work, *args):
    """Do this on a connection of its own, to the end."""

    def run():
        with closing(connection):
            work(*args)

    thread = Thread(target=run)
    thread.start()
    thread.join()


def rename(note):
    Source.objects.filter(reference="source-1").update(note=note)


def is_made(application, address=ADDRESS, **headers) -> bool:
    """Whether Django is asked for the page."""
    asked = []
    inner, application.application = application.application, lambda *args: asked.append(1) or inner(*args)
    try:
        ask(application, address, **headers)
    finally:
        application.application = inner
    return bool(asked)


# The revision


def test_each_table_of_the_record_has_the_trigger():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'r1540_revised' AND tgenabled = 'O'"
            " AND pg_get_triggerdef(oid) LIKE '% AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE % FOR EACH STATEMENT %'"
        )
        found = {table for (table,) in cursor.fetchall()}
    assert found == {model._meta.db_table for model in views.models()}


@pytest.mark.parametrize(
    "change",
    [
        lambda source: source.save(),
        lambda source: rename("after"),
        lambda source: source.delete(),
        lambda source: make.source("another"),
        lambda source: Source.objects.bulk_create([Source(reference="bulk", title="Bulk")]),
        lambda source: Report.objects.get().sources.add(source),
        lambda source: State.objects.get().names.create(language="fr", kind="short", name="Tchad"),
        lambda source: connection.cursor().execute("UPDATE states_source SET note = 'raw'"),
        lambda source: views.make_views(),
    ],
)
def test_any_change_makes_another_revision(source, change):
    make.report(make.state("Chad"))
    before = revision.read_revision("default")
    change(source)
    after = revision.read_revision("default")
    assert before and after != before
    assert revision.read_revision("default") == after


def test_what_is_not_committed_is_no_revision_and_what_is_undone_never_was(source):
    before, seen = revision.read_revision("default"), []
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        rename("never")
        elsewhere(lambda: seen.append(revision.read_revision("default")))
        raise ZeroDivisionError
    assert seen == [before]
    assert revision.read_revision("default") == before


@pytest.fixture
def each_folds():
    """Not one writer in sixteen, as the draw has it."""
    with connection.cursor() as cursor:
        cursor.execute(revision.MAKE.replace("% 16", "% 1").format(schema="public"))


def test_writers_at_once_wait_for_nobody_and_each_makes_a_revision_of_its_own(source, each_folds):
    seen = [revision.read_revision("default")]
    other = make.source("source-2")
    seen.append(revision.read_revision("default"))

    def change():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        Source.objects.filter(pk=other.pk).update(note="theirs")

    with transaction.atomic():
        rename("mine")
        elsewhere(change)
        elsewhere(lambda: seen.append(revision.read_revision("default")))
    seen.append(revision.read_revision("default"))
    assert len(set(seen)) == 4


def test_who_may_change_the_record_and_knows_nothing_of_the_revision_makes_one(source):
    """Another login than the site's, such as somebody's own for psql."""
    before = revision.read_revision("default")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE ROLE a_writer; GRANT a_writer TO CURRENT_USER")
        cursor.execute(
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO a_writer; REVOKE ALL ON r1540_revision FROM a_writer"
        )
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO a_writer; SET LOCAL ROLE a_writer")
        rename("theirs")
        cursor.execute("RESET ROLE")
        assert revision.read_revision("default") != before
        transaction.set_rollback(True)


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM r1540_revision")
        return cursor.fetchone()[0]


def test_the_rows_of_transactions_that_are_done_are_folded_and_the_revisions_stay_apart(source):
    seen, longest = set(), 0
    for number in range(300):
        rename(str(number))
        seen.add(revision.read_revision("default"))
        longest = max(longest, rows())
    assert len(seen) == 300
    assert 1 < longest < 150  # one in sixteen folds; that none of a hundred and fifty does is one chance in 16,000
    while rows() > 1:
        rename("again")


def test_a_transaction_with_one_snapshot_folds_nothing_that_others_may_have_folded(source, each_folds):
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
    ):  # PostgreSQL would refuse to delete what was deleted since
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert rows()
        elsewhere(rename, "meanwhile")
        make.source("another", published=True)


def test_the_revision_is_read_again_after_the_connection_was_lost(source):
    before = revision.read_revision("default")
    cut_off()
    assert revision.read_revision("default") == before


def cut_off():
    pid = connection.connection.info.backend_pid
    elsewhere(lambda: connection.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [pid]))


def test_a_page_whose_connection_is_lost_before_it_is_begun_is_made_over_another(source):
    with door.public_transaction():
        assert Source.objects.count() == 1
    cut_off()
    with door.public_transaction():
        assert Source.objects.count() == 1


def test_a_page_whose_connection_is_lost_meanwhile_breaks_off_as_from_any_other_database(source):
    """An error here makes `door.public_page` ask the next database, if there is one."""
    with pytest.raises(OperationalError), door.public_transaction():
        cut_off()
        Source.objects.count()
    connection.close()


# What is served


def test_a_page_is_served_again_and_made_again_after_a_change(source):
    application = cached()
    first = ask(application, ADDRESS)
    with CaptureQueriesContext(connection) as queries:
        assert ask(application, ADDRESS) == first
    assert len(queries) == 0
    assert not is_made(application)
    rename("after")
    assert b"after" in ask(application, ADDRESS).body


class ReadsAfter(PageCache):
    """Wrong: the revision is read when the page is made."""

    def make(self, key, *args):
        answered = super().make(key, *args)
        for old in [old for old in self.pages if old == key]:
            self.pages[(key[0], revision.read_revision("default"), *key[2:])] = self.pages.pop(old)
        return answered


def is_stale_after_a_commit_in_between(cache) -> bool:
    """Somebody commits when a page was made, before it is kept."""

    def slow(*args):
        answered = WSGIHandler()(*args)
        if slow.is_first:
            slow.is_first = False
            elsewhere(rename, "after")
        return answered

    slow.is_first = True
    application = cache(slow, 2**20)
    ask(application, ADDRESS)
    return b"after" not in ask(application, ADDRESS).body


def test_a_commit_while_a_page_is_made_leaves_no_stale_page(source):
    assert not is_stale_after_a_commit_in_between(PageCache)


def test_that_would_be_seen_if_the_revision_were_read_after_the_page(source):
    assert is_stale_after_a_commit_in_between(ReadsAfter)


def is_stale_after_a_slow_commit() -> bool:
    """Somebody has changed a row, and commits only after a reader has asked."""
    application = cached()
    with transaction.atomic():
        rename("after")
        elsewhere(ask, application, ADDRESS)
    return b"after" not in ask(application, ADDRESS).body


def test_a_slow_commit_leaves_no_stale_page(source):
    assert not is_stale_after_a_slow_commit()


def test_that_would_be_seen_if_the_revision_were_a_sequence(source, monkeypatch):
    monkeypatch.setattr(revision, "READ", b"SELECT last_value FROM wrong")
    monkeypatch.setattr(revision, "caching", lambda driver: nullcontext())
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE wrong")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION r1540_revise() RETURNS void LANGUAGE sql AS $$ SELECT nextval('wrong') $$"
        )
    try:
        assert is_stale_after_a_slow_commit()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION r1540_revise; DROP SEQUENCE wrong")
        views.make_views()


def test_what_is_cached_for_one_revision_is_worked_out_once_for_each_state_of_the_record(source):
    asked = []

    @revision.cached_for_one_revision
    def notes():
        asked.append(list(Source.objects.values_list("note", flat=True)))
        return asked[-1]

    def page():
        with door.public_transaction():
            return notes()

    Source.objects.update(published=True)
    assert page() is page()
    rename("after")
    assert page() == page() == ["after"]
    assert len(asked) == 2
    with door.public_transaction():
        elsewhere(rename, "meanwhile")
        assert notes() == ["after"]  # the snapshot of this page
    assert page() == ["meanwhile"]
    with transaction.atomic():  # one revision for all that a transaction does: nothing is kept
        rename("again")
        assert notes() == page() == ["again"]
        rename("never seen")
        assert page() == ["never seen"]


def test_among_writers_and_readers_no_page_is_stale_stuck_or_torn():
    found = race(cached())
    assert found["requests"] > 500
    assert {name: found[name] for name in ("stale", "stuck", "torn")} == {"stale": 0, "stuck": 0, "torn": 0}


# To whom, and in which form


def test_a_reader_who_has_the_page_is_told_so_and_nothing_else(source):
    application = cached()
    for asked in ({}, GZIP):
        whole = ask(application, ADDRESS, **asked)
        for tag in (whole.headers["ETag"], f"W/{whole.headers['ETag']}", f'"x", {whole.headers["ETag"]}', "*"):
            again = ask(application, ADDRESS, HTTP_IF_NONE_MATCH=tag, **asked)
            assert (again.status, again.body) == (304, b"")
            assert again.headers["ETag"] == whole.headers["ETag"]
            assert again.headers["Cache-Control"] == "public, no-cache"
            assert "Content-Type" not in again.headers
        assert ask(application, ADDRESS, HTTP_IF_NONE_MATCH='"another"', **asked) == whole
    rename("after")
    assert ask(application, ADDRESS, HTTP_IF_NONE_MATCH=whole.headers["ETag"], **GZIP).status == 200


def test_a_page_is_made_once_for_those_who_take_gzip_and_those_who_do_not(source):
    application = cached()
    plain = ask(application, ADDRESS)
    assert not is_made(application, **GZIP)
    packed = ask(application, ADDRESS, **GZIP)
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert {plain.headers["Vary"], packed.headers["Vary"]} == {"Accept-Encoding"}
    for answer in (plain, packed):
        assert int(answer.headers["Content-Length"]) == len(answer.body)
    for refusal in ("", "gzip;q=0", "gzip; q=0.0, br", "deflate"):
        assert ask(application, ADDRESS, HTTP_ACCEPT_ENCODING=refusal) == plain


def test_how_old_a_page_may_be_is_said_as_it_is_at_each_answer(source, settings, monkeypatch):
    settings.PUBLIC_MAX_AGE, application = 10, cached()
    found = iter(["10", "unknown", "unknown", "10", "unknown"])  # at the first the cache asks, then Django
    monkeypatch.setattr(replicas, "promise", lambda alias: next(found))
    for promise in ("10", "unknown", "10"):
        assert ask(application, ADDRESS).headers[door.AGE] == promise
    tag = next(iter(application.pages.values())).etag
    assert ask(application, ADDRESS, HTTP_IF_NONE_MATCH=tag).headers[door.AGE] == "unknown"
    settings.PUBLIC_MAX_AGE = 0
    monkeypatch.undo()
    assert door.AGE not in ask(application, ADDRESS).headers


def test_a_replica_that_catches_up_when_its_revision_was_read_promises_nothing_for_what_was_seen(
    source, settings, monkeypatch
):
    read, known = revision.read_revision, ["unknown"]
    settings.PUBLIC_MAX_AGE, application = 10, cached()
    monkeypatch.setattr(replicas, "promise", lambda alias: known[-1])
    monkeypatch.setattr(revision, "read_revision", lambda using: (read(using), known.append("10"))[0])
    assert [ask(application, ADDRESS).headers[door.AGE] for _ in range(2)] == ["unknown", "10"]


def test_head_is_answered_as_get_without_the_body(source):
    application = cached()
    for _ in range(2):  # before a GET, and after it
        head, whole = ask(application, ADDRESS, "HEAD"), ask(application, ADDRESS)
        assert (head.status, head.headers, head.body) == (200, whole.headers, b"")


def test_what_a_page_depends_on_keeps_pages_apart(source, monkeypatch, settings):
    settings.ALLOWED_HOSTS = ["*"]
    application = cached()
    assert is_made(application)
    assert not is_made(application)
    assert is_made(application, HTTP_HOST="record.example.org")
    assert is_made(application, **{"wsgi.url_scheme": "https"})
    assert is_made(application, HTTP_X_FORWARDED_PROTO="https")
    assert is_made(application, ADDRESS.replace("200", "100"))
    assert is_made(application, "/sources/?format=json")
    monkeypatch.setattr(page_cache, "today", lambda: date(2100, 1, 1))
    assert is_made(application)


def test_what_is_cached_for_one_revision_is_told_apart_by_its_arguments(source):
    @revision.cached_for_one_revision
    def twice(number):
        return number * 2

    with door.public_transaction():
        assert [twice(1), twice(2), twice(1)] == [2, 4, 2]


def test_a_page_that_another_database_made_meanwhile_is_not_kept_as_of_this_one(source):
    def made_elsewhere(environ, start_response):
        body = WSGIHandler()(environ, start_response)
        environ[door.MADE_FROM] = "replica1"
        return body

    application = PageCache(made_elsewhere, 2**24)
    assert ask(application, ADDRESS).status == 200
    assert is_made(application)


def test_no_other_header_changes_a_page(source):
    others = {
        "HTTP_ACCEPT_LANGUAGE": "fr",
        "HTTP_USER_AGENT": "another",
        "HTTP_ACCEPT": "application/json",
        "HTTP_REFERER": "http://elsewhere.example/",
        "HTTP_X_REQUESTED_WITH": "XMLHttpRequest",
        "HTTP_X_FORWARDED_HOST": "elsewhere.example",
        "HTTP_COOKIE": "theme=dark; csrftoken=" + "x" * 32,
        "HTTP_AUTHORIZATION": "Basic eDp5",
        "REMOTE_ADDR": "192.0.2.1",
    }
    for address in ("/", "/sources/", ADDRESS, "/feed/", "/states/", "/figures/", "/about/"):
        assert ask(WSGIHandler(), address, **others) == ask(WSGIHandler(), address), address


def test_who_has_a_session_sees_each_page_anew(source, settings):
    application = cached()
    ask(application, ADDRESS)
    assert is_made(application, HTTP_COOKIE=f"theme=dark; {settings.SESSION_COOKIE_NAME}=abc")


@pytest.mark.parametrize(
    "address", ["/nowhere/", "/states/?nonsense=1", "/states/XXX/", "/admin/login/", "/admin/", "/static/record.css"]
)
def test_only_pages_of_the_record_are_kept(address):
    application = cached()
    for encoding in ({}, GZIP):
        assert ask(application, address, **encoding).status in (200, 302, 400, 404)
    assert application.pages == {}
    assert Session.objects.count() == 0


def test_an_answer_with_a_cookie_is_never_kept(source):
    def told(environ, start_response):
        return WSGIHandler()(environ, lambda status, headers: start_response(status, [*headers, ("Set-Cookie", "a=b")]))

    application = PageCache(told, 2**20)
    assert ask(application, ADDRESS).headers["Set-Cookie"] == "a=b"
    assert application.pages == {}


def test_other_methods_go_to_django(source):
    application = cached()
    ask(application, ADDRESS)
    assert ask(application, ADDRESS, "POST").status in (403, 405)
    assert ask(application, ADDRESS, "OPTIONS").status == 200


def test_the_oldest_page_makes_room(source):
    application = cached(5_000)
    pages = [f"{ADDRESS}&as_of=2013-01-{day:02}" for day in range(1, 11)]
    for page in pages:
        ask(application, page)
        ask(application, pages[0])
    assert application.bytes <= 5_000
    assert application.bytes == sum(len(page.packed) + page_cache.AROUND for page in application.pages.values())
    assert 1 < len(application.pages) < 5
    assert not is_made(application, pages[0])  # asked for again and again
    assert is_made(application, pages[1])


def test_without_the_revision_django_answers(source, monkeypatch):
    def lost(using):
        raise OperationalError

    failed = []
    monkeypatch.setattr(revision, "read_revision", lost)
    monkeypatch.setattr(replicas, "failed", failed.append)
    application = cached()
    assert ask(application, ADDRESS).status == 200
    assert (application.pages, failed) == ({}, ["default"])


@pytest.mark.timeout(300)
def test_every_public_page_is_the_same_warm_as_cold(record):
    application, kept = cached(2**28), 0
    for address in addresses()[::4]:
        cold = ask(WSGIHandler(), address)
        for _ in range(2):
            warm = ask(application, address)
            assert (warm.status, warm.body) == (cold.status, cold.body)
            assert cold.headers.items() <= warm.headers.items()
        kept += "ETag" in warm.headers
    assert kept > 100
