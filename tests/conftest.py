"""What all tests share: a throw-away PostgreSQL, Chromium for the tests marked `browser`, nginx for those marked so.

The database is an embedded server of its own, made anew whenever nobody uses it; with DATABASE_URL set it is that
server. Nothing else is set here that could make the tests differ from the site.
"""

import gc
import os
import shutil

import pytest

# Read by the database engine when the first connection is opened, so this is early enough.
os.environ["R1540_THROW_AWAY"] = "1"

BROWSERS = ("chromium", "chromium-browser")
INSTALL_BROWSER = "apt-get install chromium"
INSTALL_NGINX = "apt-get install nginx-light openssl"


def find_browser():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def find_nginx():
    return shutil.which("openssl") and shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def pytest_configure(config):
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where nothing was collected yet
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A live server's thread would otherwise keep its connection, and the test database could not be dropped.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0


def pytest_collection_finish(session):
    """Keep what is loaded by now out of the garbage collector's sight, which saves an eighth of the run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _widgets_tell_no_context(django_test_environment):
    """Tell a test's client of no template of a control of a form: it would get a copy of the context of each.

    They are most of all templates, and no test asks for them.
    """
    from django.template import Template

    told = Template._render

    def render(template, context):
        is_of_a_control = template.name and template.name.startswith(("django/forms/", "admin/widgets/"))
        return template.nodelist.render(context) if is_of_a_control else told(template, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Give a worker a copy of a migrated database, and after each test in real transactions a new one.

    (Django would empty all tables by TRUNCATE, which the history refuses.)
    """
    from django.test import TransactionTestCase

    from tests import databases

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        databases.make()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: databases.renew())
        yield
        databases.leave()


def pytest_unconfigure(config):
    from django.conf import settings

    if settings.DATABASES["default"]["ENGINE"] == "r1540.running.embedded":
        from r1540.running.embedded.base import server

        # Workers of pytest-xdist end without the usual farewell.
        if server.cache_info().currsize:
            server().leave()


def installed(program, path, required, install):
    """Return the path of a program; a missing one skips the test, or fails it where the variable `required` is 1."""
    if path is None and os.environ.get(required) == "1":
        pytest.fail(f"{program} is not installed, and {required}=1 asks for it: {install}")
    if path is None:
        pytest.skip(f"needs {program}: {install}")
    return path


@pytest.fixture(scope="session")
def browser_path():
    return installed("Chromium", find_browser(), "R1540_REQUIRE_BROWSER", INSTALL_BROWSER)


@pytest.fixture(scope="session")
def nginx_path():
    return installed("nginx", find_nginx(), "R1540_REQUIRE_NGINX", INSTALL_NGINX)


@pytest.fixture(scope="session")
def chromium(browser_path):
    """Start one Chromium for all tests of a worker: to start it takes longer than most of them."""
    from django.db import connections
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # milliseconds, for a machine that is busy with something else as well
    # From here on Playwright's loop is the one that runs, also between its tests, and Django keeps connections by loop:
    # one left open outside would not be seen inside, and cut when its database is made anew.
    connections.close_all()
    # As root Chromium refuses to start inside its own sandbox.
    arguments = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop makes Django think that it runs inside an asynchronous program.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        yield started
        started.close()
        connections.close_all()


@pytest.fixture
def browser(chromium):
    """Lend Chromium to a test, and close the pages that it leaves open."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture(autouse=True)
def _browser_tests_need_a_browser(request):
    if request.node.get_closest_marker("browser"):
        request.getfixturevalue("browser_path")


def pytest_terminal_summary(terminalreporter):
    for mark, program, found, install in (
        ("browser", "Chromium", find_browser(), INSTALL_BROWSER),
        ("nginx", "nginx", find_nginx(), INSTALL_NGINX),
    ):
        skipped = [report for report in terminalreporter.stats.get("skipped", ()) if mark in report.keywords]
        if skipped and found is None:
            terminalreporter.section(f"NOT TESTED: {mark.upper()}", sep="!", red=True, bold=True)
            terminalreporter.line(f"{len(skipped)} {mark} tests were skipped, because {program} is not installed.")
            terminalreporter.line(f"To run them: {install}")


@pytest.fixture(scope="session")
def record_database(django_db_setup):
    """Open a connection to this worker's copy of a database with the shipped record."""
    from tests import databases

    connection = databases.recorded()
    yield connection
    connection.close()


@pytest.fixture
def record(request, db):
    """Put the shipped record in the database: in another one, so ask for it before what writes rows as well."""
    from django.db import connection

    from tests import databases

    if not connection.in_atomic_block:  # a test in real transactions has its own, and the server of its pages too
        databases.import_record()
        yield
        return
    with databases.instead(request.getfixturevalue("record_database")), databases.undone():
        yield


@pytest.fixture
def publisher(db):
    """Make three States, and somebody who signs in with a password alone and has the rights of a Publisher.

    The rights are given one by one, because the role itself asks for a second factor.
    """
    from django.contrib.auth.models import Group, User

    from tests import factories

    for name in ("Chad", "France", "Türkiye"):
        factories.state(name)
    user = User.objects.create_user("publisher", password="a long pass phrase", is_staff=True)
    user.user_permissions.set(Group.objects.get(name="Publisher").permissions.all())
    return user
