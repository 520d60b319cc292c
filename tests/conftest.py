"""What all tests share: a throw-away PostgreSQL, Chromium for the tests marked `browser`, nginx for those marked so.

The database is an embedded server of its own, made anew whenever nobody uses it; with DATABASE_URL set it is that
server. Nothing else is set here that could make the tests differ from the site.
"""

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
    if settings.DATABASES["default"]["ENGINE"] == "r1540.embedded":
        # Several runs at once share the server, not a database.
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_{run}"

    empty_tables_between_tests()


LIFT = """
DO $$
DECLARE tracked regclass;
BEGIN
    FOR tracked IN SELECT DISTINCT tgrelid FROM pg_trigger WHERE tgname LIKE 'pgtrigger\\_%%' LOOP
        EXECUTE format('ALTER TABLE %%s %s TRIGGER USER; GRANT TRUNCATE ON %%1$s TO CURRENT_USER', tracked);
    END LOOP;
END $$
"""


def without_roles(truncate):
    """The roles, which a migration made, stay for the tests that follow."""
    for table in ("auth_group", "auth_group_permissions", "auth_permission", "django_content_type"):
        truncate = truncate.replace(f' "{table}",', "").replace(f', "{table}";', ";")
    return truncate


def empty_tables_between_tests():
    """After a test in real transactions Django empties all tables by TRUNCATE, which the history refuses. So its
    triggers are taken off around that, and that only: the site has no code that does so."""
    from django.db import connection
    from django.db.backends.postgresql.operations import DatabaseOperations

    from r1540 import history

    flush = DatabaseOperations.execute_sql_flush

    def lifted(self, statements):
        with self.connection.cursor() as cursor:
            cursor.execute(LIFT % "DISABLE")
        flush(self, [without_roles(statement) for statement in statements])
        with connection.cursor() as cursor:
            cursor.execute(LIFT % "ENABLE")
        history.seal()

    DatabaseOperations.execute_sql_flush = lifted


def pytest_unconfigure(config):
    from django.conf import settings

    if settings.DATABASES["default"]["ENGINE"] == "r1540.embedded":
        from r1540.embedded.base import server

        # Workers of pytest-xdist end without the usual farewell.
        if server.cache_info().currsize:
            server().leave()


@pytest.fixture(scope="session")
def browser_path():
    """The path of Chromium; a missing one skips the test, or fails it where R1540_REQUIRE_BROWSER=1."""
    path = find_browser()
    if path is None and os.environ.get("R1540_REQUIRE_BROWSER") == "1":
        pytest.fail(f"Chromium is not installed, and R1540_REQUIRE_BROWSER=1 asks for it: {INSTALL_BROWSER}")
    if path is None:
        pytest.skip(f"needs Chromium: {INSTALL_BROWSER}")
    return path


@pytest.fixture(scope="session")
def nginx_path():
    """The path of nginx; a missing one skips the test, or fails it where R1540_REQUIRE_NGINX=1."""
    path = find_nginx()
    if path is None and os.environ.get("R1540_REQUIRE_NGINX") == "1":
        pytest.fail(f"nginx is not installed, and R1540_REQUIRE_NGINX=1 asks for it: {INSTALL_NGINX}")
    if path is None:
        pytest.skip(f"needs nginx: {INSTALL_NGINX}")
    return path


@pytest.fixture(scope="module")
def browser(browser_path):
    """One Chromium for the tests of a file: to start it takes longer than most of them."""
    from django.db import connections
    from playwright.sync_api import sync_playwright

    # As root Chromium refuses to start inside its own sandbox.
    arguments = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop makes Django think that it runs inside an asynchronous program.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        yield started
        started.close()
        connections.close_all()  # what the tests asked inside that loop went over connections of the loop's own


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


@pytest.fixture
def record(db):
    """The shipped record in the database: imported once by each worker, and after that copied table by table."""
    from django.db import connection

    from r1540 import history, public

    if not SHIPPED:
        import_record()
        SHIPPED.update({model._meta.db_table: rows_of(model._meta.db_table) for model in public.models()})
    else:
        with history.by(why="Import of record"), connection.cursor() as cursor:
            for table, rows in SHIPPED.items():
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(rows)
    with connection.cursor() as cursor:  # PostgreSQL may believe the tables empty, which they are between the tests
        cursor.execute(f"ANALYZE {', '.join(SHIPPED)}")


SHIPPED: dict[str, bytes] = {}  # the rows of each table, as COPY writes them


def import_record():
    from django.conf import settings

    from r1540 import interchange

    result = interchange.apply(interchange.read(settings.BASE_DIR / "r1540" / "record"))
    assert result.is_ok


def rows_of(table) -> bytes:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(map(bytes, copy))
