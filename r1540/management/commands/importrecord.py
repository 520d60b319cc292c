"""The command `manage.py importrecord`: bring a folder of CSV files into the record."""

import time

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from r1540 import interchange
from r1540.interchange.importing import OUTCOMES

MOST_PRINTED = 50
PATIENCE = 2  # seconds without a word


class Command(BaseCommand):
    help = (
        "Read the record in FOLDER (as exportrecord writes it) and insert or update what differs. All or nothing: if "
        "one row has a problem, every problem is named and nothing is changed. Rows of the database that are not in "
        "the files, and columns that a file lacks, stay as they are: an import never deletes."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="FOLDER")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")

    def handle(self, *, folder, dry_run, **options):
        self.spoke = time.monotonic()
        try:
            result = interchange.apply(interchange.read(folder), dry_run, self.tell)
        except OSError as error:
            raise CommandError(str(error)) from error
        self.summarize(result)
        if result.is_ok:
            self.analyze()
            self.stdout.write("Nothing was changed: this was a dry run." if dry_run else "The record is imported.")
            return
        for problem in result.problems[:MOST_PRINTED]:
            self.stderr.write(str(problem))
        more = result.problems.count - MOST_PRINTED
        rest = f" The first {MOST_PRINTED} are shown, {more:,} are not." if more > 0 else ""
        raise CommandError(f"Problems: {result.problems.count:,}.{rest} Nothing was changed.")

    def analyze(self):
        """Let PostgreSQL know at once how many rows there are now; by itself it looks about once a minute."""
        with connection.cursor() as cursor:
            for table in interchange.TABLES:
                cursor.execute(f'ANALYZE "{table.model._meta.db_table}"')

    def tell(self, file, done, total):
        """Write a line on the progress, at most every few seconds."""
        if time.monotonic() - self.spoke > PATIENCE:
            self.spoke = time.monotonic()
            self.stderr.write(f"{file}: {done:,} of {total:,} rows")

    def summarize(self, result):
        """Write a table: for each file, how many rows of each outcome."""
        if not result.counts:
            return
        self.stdout.write(f"{'':24}" + "".join(f"{outcome:>15}" for outcome in OUTCOMES))
        for file, counts in result.counts.items():
            self.stdout.write(f"{file:24}" + "".join(f"{counts[outcome]:>15,}" for outcome in OUTCOMES))
