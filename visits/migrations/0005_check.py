"""A step of its own for who may check: Editors too, so that two Editors can look at one another's entries."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

FACTS = ["report", "actionplan", "resolution", "publishedfigure", "visit", "event", "source"]
ROLES = ["Editor", "Publisher", "Administrator"]


def give(apps, schema_editor):
    # Django makes permissions after the last migration; here they are needed now.
    for label in ("states", "visits"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
        config.models_module = None
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    given = permission.objects.filter(
        codename__in=[f"check_{name}" for name in FACTS], content_type__app_label__in=["states", "visits"]
    )
    for role in group.objects.filter(name__in=ROLES):
        role.permissions.add(*given)


class Migration(migrations.Migration):
    dependencies = [("states", "0003_publication"), ("visits", "0004_publication"), ("visits", "0002_roles")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
