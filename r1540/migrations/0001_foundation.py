from django.contrib.postgres.operations import BtreeGistExtension, UnaccentExtension
from django.db import migrations

from r1540.as_at.names import CREATE_FOLD, DROP_FOLD


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        BtreeGistExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CREATE_FOLD, DROP_FOLD),
    ]
