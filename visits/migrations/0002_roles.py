"""The four roles of staff, as groups. Only superusers may change them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

FACTS = ["report", "actionplan", "resolution", "publishedfigure", "visit", "event", "source"]
REFERENCE = ["state", "statename", "organization", "membership"]

ROLES = {
    "Viewer": [("view", FACTS + REFERENCE)],
    "Editor": [("view", FACTS + REFERENCE), ("add", FACTS), ("change", FACTS)],
    "Publisher": [
        ("view", FACTS + REFERENCE),
        ("add", FACTS + REFERENCE),
        ("change", FACTS + REFERENCE),
        ("publish", FACTS),
    ],
    "Administrator": [
        ("view", FACTS + REFERENCE),
        ("add", FACTS + REFERENCE),
        ("change", FACTS + REFERENCE),
        ("publish", FACTS),
        ("delete", FACTS + REFERENCE),
    ],
}


def make(apps, schema_editor):
    # Django makes permissions after the last migration; on a fresh database they are needed now.
    for label in ("states", "visits"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, verbosity=0, using=schema_editor.connection.alias, apps=apps)
        config.models_module = None
    group, permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, rights in ROLES.items():
        codenames = [f"{verb}_{model}" for verb, models in rights for model in models]
        role, _ = group.objects.get_or_create(name=name)
        role.permissions.set(
            permission.objects.filter(
                codename__in=codenames, content_type__app_label__in=["states", "visits"]
            )
        )


def remove(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("states", "0001_initial"),
        ("visits", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make, remove)]
