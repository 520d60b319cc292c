"""The process of a job in a test with a browser: it works in the test's database and folder, and waits to be seen
as long as a file is there, half a minute at most."""

import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "r1540.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from r1540.interchange import jobs  # noqa: E402

if __name__ == "__main__":
    database, wait, folder, lock = sys.argv[1:]
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    settings.VAR_DIR = Path(folder).parents[2]
    jobs.at(Path(folder)).tell("read", 1, 0)
    for _ in range(600):
        if Path(wait).exists():
            time.sleep(0.05)
    call_command("desk_job", folder, lock)
