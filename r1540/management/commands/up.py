"""The command `manage.py up`, inside .venv: migrate, load the record, make the first administrator, serve."""

import errno
import hashlib
import secrets
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections

from r1540.bootstrap import DISK_FULL, say
from r1540.running.serving import Server
from states.models import State

RECORD = settings.BASE_DIR / "r1540" / "record"


def say_when_it_answers(bind: str) -> None:
    """Wait until the site answers, and print its addresses."""
    host, _, port = bind.rpartition(":")
    here = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)
    address = f"http://{here}:{port}/"
    request = urllib.request.Request(address, headers={"Host": settings.ALLOWED_HOSTS[0].replace("*", "localhost")})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Unredirected)
    while True:
        try:
            opener.open(request, timeout=60)
            break
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                say(f"The site answers with an error ({error.code}): see the messages above.")
            break
        except OSError:
            time.sleep(0.1)
    say(f"\nThe record: {address}\nThe admin:  {address}admin/\nCtrl-C stops everything.")


class Unredirected(urllib.request.HTTPRedirectHandler):
    """A handler that follows no redirect: a deployment redirects to HTTPS, which a proxy serves."""

    def redirect_request(self, *args: Any) -> None:
        """Return None, so that the redirect is raised as an HTTPError."""


class Command(BaseCommand):
    """The command that sets everything up and serves the site."""

    help = "Sets everything up and serves the site. Ctrl-C stops everything it started."
    requires_system_checks = []  # migrate makes them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help="where to serve (127.0.0.1:8000)"
        )

    def handle(self, *args: Any, bind: str, **options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the server sets its own handler
        try:
            self.prepare()
            connections.close_all()  # the workers are forked from this process
            announce = threading.Thread(target=say_when_it_answers, args=[bind], daemon=True)
            server = Server(bind)
            server.on_startup(announce.start)
            server.run()
        except OperationalError as error:
            raise CommandError(str(error).strip()) from error
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise CommandError(DISK_FULL) from error
        except KeyboardInterrupt:
            sys.exit(130)

    def prepare(self) -> None:
        say("Bringing the database up to date ...")
        call_command("migrate", interactive=False, verbosity=0)
        if not State.objects.exists():
            say("Loading the record ...")
            call_command("importrecord", RECORD)
        self.collect_static_files()
        if not get_user_model().objects.filter(is_superuser=True).exists():
            self.make_administrator()

    def collect_static_files(self) -> None:
        """Collect and compress the static files, unless none has changed since the last time."""
        files = [
            f"{path} {stat.st_mtime_ns} {stat.st_size}"
            for finder in get_finders()
            for path, storage in finder.list([])
            for stat in [Path(storage.path(path)).stat()]
        ]
        stamp = settings.STATIC_ROOT / ".collected"
        wanted = hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()
        if not stamp.exists() or stamp.read_text() != wanted:
            say("Preparing stylesheets and images ...")
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.write_text(wanted)

    def make_administrator(self) -> None:
        """Make the first administrator: ask who at a terminal, else make one with a random password and print it."""
        if sys.stdin.isatty() and sys.stdout.isatty():
            say("Who is the first administrator?")
            call_command("createsuperuser", email="")
            return
        password = secrets.token_urlsafe(12)
        get_user_model().objects.create_superuser("admin", password=password)
        say(
            "\nThe first administrator, shown only this once:\n"
            f"    name      admin\n    password  {password}\n"
            "To change it: python3 manage.py changepassword admin\n"
        )
