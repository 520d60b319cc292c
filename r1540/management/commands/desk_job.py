"""manage.py desk_job: what the desk starts by itself for an import, or for undoing one."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from r1540.interchange import desk_work, jobs


class Command(BaseCommand):
    help = "Do the work of a job of the desk. The desk starts it by itself, with the job's lock."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument("lock", metavar="LOCK", type=int, help="the number of the open file that is locked")

    def handle(self, *, folder, lock, **options):
        job = jobs.at(folder) if folder.is_dir() else None
        if job is None:
            raise CommandError(f"There is no job in {folder}.")
        desk_work.run(job)
        os.close(lock)  # at once: to end takes a process a moment, in which the next step could not begin
