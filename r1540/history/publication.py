"""From letter to publication: a fact is logged, checked against its source, published; and unpublished with a reason.

The database itself keeps the steps consistent (`in_steps`), whoever writes. A check is of the values of a row, so it
lapses when one of them is changed. What becomes published counts as checked. What is unpublished loses its check. Only
the history says who did what.

Two times are public with a fact: `published_at`, when it was first published here; and `changed_at`, when what the
public reads of it last changed: then, or when it was corrected, got or lost a published source or another row of its
lists, or was published again. So news (states/lists/news.py) are told by the day on which the public came to know
them. Nobody writes other times. (A source that is published later is no change of the facts that cite it.)

With settings.TWO_PERSON_RULE nobody checks or publishes their own entries (see desk/steps.py), and a published row must
be unpublished before it is changed.
"""

import pgtrigger
from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.db import models

from .tracking import own_name

TIMES = ("published_at", "changed_at")
STEPS = ("checked", "published", *TIMES)
# What somebody who checks does not vouch for: numbers of the database, names given once, notes for staff.
NOT_CHECKED = ("id", "reference", "internal_note")


class Publishable(models.Model):
    """What goes from letter to publication; a subclass is decorated with `in_steps`."""

    checked = models.BooleanField("checked against its source", default=False, editable=False)
    published = models.BooleanField(default=False, editable=False)
    published_at = models.DateTimeField("published in this record at", null=True, editable=False)
    changed_at = models.DateTimeField("public content last changed at", null=True, editable=False)

    public_rows = "published"

    class Meta:
        abstract = True

    @property
    def step(self) -> str:
        """Return in words how far it has come."""
        if self.published:
            return "Published" if self.checked else "Published, changed since it was checked"
        return "Checked" if self.checked else "Logged"


FUNCTION = """
    IF TG_OP = 'UPDATE' AND ({new}) IS DISTINCT FROM ({old}) THEN
        NEW.checked := false;
    END IF;
    IF NOT NEW.published THEN
        NEW.checked := NEW.checked AND (TG_OP = 'INSERT' OR NOT OLD.published);
        NEW.published_at := OLD.published_at;
        NEW.changed_at := NULL;
    ELSIF TG_OP = 'INSERT' OR NOT OLD.published THEN
        NEW.checked := true;
        NEW.published_at := COALESCE(OLD.published_at, now());
        NEW.changed_at := now();
    ELSE
        NEW.published_at := OLD.published_at;
        IF ({new}) IS DISTINCT FROM ({old}) THEN
            NEW.changed_at := now();
        ELSIF NEW.changed_at IS DISTINCT FROM now() THEN
            NEW.changed_at := OLD.changed_at;
        END IF;
    END IF;
    RETURN NEW;
"""

# Of a row that joins a published fact to one of its sources or organizations. An import joins many to facts that it
# published in the same moment: they have the time already.
JOINED = """
    UPDATE "{table}" SET changed_at = now()
        WHERE id = COALESCE(NEW."{own}", OLD."{own}") AND published AND changed_at <> now(){is_public};
    RETURN NULL;
"""
IS_PUBLIC = """
        AND EXISTS (SELECT 1 FROM "{table}" AS joined WHERE joined.id = COALESCE(NEW."{other}", OLD."{other}")
                    AND joined.published)"""


def in_steps(model):
    """Let the database keep `checked` and the two times of a model true, whoever writes (a class decorator of a model
    that is `tracked`)."""
    columns = [model._meta.get_field(name).column for name in content(model)]
    old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
    trigger = pgtrigger.Trigger(
        name="steps",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=FUNCTION.format(old=old, new=new),
    )
    for field in model._meta.local_many_to_many:
        pgtrigger.register(joined(model, field))(own_name(field.remote_field.through, model._meta.app_label))
    return pgtrigger.register(trigger)(model)


def joined(model, field) -> pgtrigger.Trigger:
    """Return the trigger on the table that joins a model to the rows of a many-to-many field."""
    target = field.remote_field.model
    is_public = ""
    if issubclass(target, Publishable):
        is_public = IS_PUBLIC.format(table=target._meta.db_table, other=field.m2m_reverse_name())
    return pgtrigger.Trigger(
        name="joined",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Delete,
        func=JOINED.format(table=model._meta.db_table, own=field.m2m_column_name(), is_public=is_public),
    )


def content(model) -> list[str]:
    """Return the names of the fields whose change a check does not outlive."""
    fields = (field for field in model._meta.concrete_fields if not field.generated)
    return [field.name for field in fields if field.name not in (*STEPS, *NOT_CHECKED)]


def lapse(model, keys):
    """Take back the check of rows whose sources or other lists were changed, which are rows of other tables."""
    if issubclass(model, Publishable):
        model._base_manager.filter(pk__in=keys, checked=True).update(checked=False)


def step_permissions(model: str, words: str) -> list[tuple[str, str]]:
    """Return the permissions to check and to publish rows of a model."""
    return [
        (f"check_{model}", f"Can check {words} against their source"),
        (f"publish_{model}", f"Can publish and unpublish {words}"),
    ]


def may(user, verb: str, model) -> bool:
    """Return whether somebody has the permission for a step, or any other, of a model."""
    return user.has_perm(f"{model._meta.app_label}.{get_permission_codename(verb, model._meta)}")


def may_alone(user, model) -> bool:
    """Return whether somebody may change what is published, or make public what nobody else has checked."""
    return may(user, "publish", model) and not settings.TWO_PERSON_RULE
