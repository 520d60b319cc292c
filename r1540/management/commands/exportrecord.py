"""The command `manage.py exportrecord`: write the record into a folder of CSV files."""

from django.core.management.base import BaseCommand, CommandError

from r1540 import interchange


class Command(BaseCommand):
    help = (
        "Write the whole record into FOLDER, as CSV files with a datapackage.json. The folder must be new, empty, or "
        "hold such a record, which is replaced. Unpublished rows and internal notes are included, unless --public."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="FOLDER")
        parser.add_argument("--public", action="store_true", help="only what the public may see")

    def handle(self, *, folder, public, **options):
        try:
            interchange.write(folder, is_public=public)
        except (interchange.NotARecordError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The record was written to {folder}.")
