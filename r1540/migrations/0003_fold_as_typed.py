"""Fold names as they are typed, and fold again what is stored; no history is made, for no value of a row changes."""

from django.db import migrations

from r1540.as_at.names import CREATE_FOLD

FOLDED = {
    "states_state": "name",
    "states_statename": "name",
    "states_organization": "name",
    "states_source": "title",
    "visits_event": "title",
}
# PostgreSQL works out a stored column anew where the row is written anew.
FOLD_AGAIN = [f'UPDATE "{table}" SET "{column}" = "{column}"' for table, column in FOLDED.items()]


class Migration(migrations.Migration):

    dependencies = [
        ('r1540', '0002_history_triggers'),
        ('states', '0002_history_and_publication_triggers'),
        ('visits', '0002_history_and_publication_triggers'),
    ]

    operations = [migrations.RunSQL([CREATE_FOLD, *FOLD_AGAIN], migrations.RunSQL.noop)]
