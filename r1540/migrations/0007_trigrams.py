from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """For the indexes of words in names and titles."""

    dependencies = [("r1540", "0006_import")]

    operations = [TrigramExtension()]
