"""The database has what the models, the public door, the history and the revision ask for."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from r1540 import apps
from r1540.door import public
from r1540.management.commands import up

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "command", [lambda: call_command("migrate"), lambda: up.Command().prepare()], ids=["migrate", "up"]
)
def test_a_database_of_0_1_0_is_left_as_it_is_and_its_owner_told_what_to_do(command):
    MigrationRecorder(connection).record_applied(*apps.FIRST_OF_0_1_0)
    with pytest.raises(CommandError) as refusal:
        command()
    sentence = str(refusal.value)
    assert sentence == apps.MADE_BY_0_1_0
    assert "\n" not in sentence and sentence.count(". ") == 0
    for step in ("exportrecord FOLDER", "remove var/", "manage.py migrate", "importrecord FOLDER"):
        assert step in sentence
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_views WHERE schemaname = %s", [public.SCHEMA])
        assert cursor.fetchone()[0] == len(public.models()) + 1
