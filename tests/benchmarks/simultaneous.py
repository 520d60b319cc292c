"""200 pairs of changes, 200 forms sent twice, 50 changes against deletions, each pair at the same moment.

    .venv/bin/python tests/benchmarks/simultaneous.py [PAIRS]

In a throw-away database of the tests' own private PostgreSQL, on this machine only; ends with 1 if anything was lost or
doubled. One person's requests are made one after the other: 200 pairs take some minutes at most.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "r1540.settings")
os.environ["R1540_THROW_AWAY"] = "1"
MOST = 2000


def main(pairs):
    import django
    from django.conf import settings
    from django.test.utils import get_runner, setup_test_environment

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_{os.getpid()}"
    django.setup()
    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        return measure(pairs)
    finally:
        runner.teardown_databases(databases)


def measure(pairs):
    from tests.desk.pairs import add_twice_at_once, change_at_once, delete_while_changed, two_people

    people, counts = two_people(), {}
    for words, run in (
        (f"{pairs} pairs of changes", lambda: change_at_once(people, pairs)),
        (f"{pairs} forms sent twice", lambda: add_twice_at_once(people[0], pairs)),
        (f"{pairs // 4} changes against deletions", lambda: delete_while_changed(people, pairs // 4)),
    ):
        started = time.perf_counter()
        found = run()
        counts |= found
        print(f"{words}: {dict(found)}, {time.perf_counter() - started:.1f} s")
    return bool(counts["lost"] or counts["doubled"] or counts["one_of_both"] != pairs // 4)


if __name__ == "__main__":
    sys.exit(main(min(int(sys.argv[1]) if len(sys.argv) > 1 else 200, MOST)))
