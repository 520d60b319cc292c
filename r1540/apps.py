"""The app of the site itself: what is made before and after migrations, and when a connection opens."""

from django.apps import AppConfig
from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate, pre_migrate

FIRST_OF_0_1_0 = ("r1540", "0001_foundation")
MADE_BY_0_1_0 = (
    "This database was made by version 0.1.0, whose migrations this version does not continue: with that version run "
    "`python3 manage.py exportrecord FOLDER` and stop it; remove var/ (with DATABASE_URL: give an empty database); "
    "with this version run `python3 manage.py migrate`, then `python3 manage.py importrecord FOLDER`; the record comes "
    "over, and people, saved filters, checks and the history do not."
)


class R1540Config(AppConfig):
    name = "r1540"

    def ready(self):
        from r1540 import history
        from r1540.desk import roles
        from r1540.door import health, views

        pre_migrate.connect(refuse_database_of_0_1_0, sender=self)
        # The public door is taken down while tables change, and made again after.
        pre_migrate.connect(views.remove_views, sender=self)
        post_migrate.connect(views.make_views, sender=self)
        post_migrate.connect(history.seal, sender=self)
        post_migrate.connect(roles.give_permissions, sender=self)
        connection_created.connect(health.refuse_earlier_standby)


def refuse_database_of_0_1_0(**kwargs):
    """Raise CommandError, before anything is changed, for a database that the migrations of 0.1.0 made."""
    if FIRST_OF_0_1_0 in MigrationRecorder(connection).applied_migrations():
        raise CommandError(MADE_BY_0_1_0)
