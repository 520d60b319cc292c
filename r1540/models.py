"""What the desk stores beside the record; and the history of users and groups, which are Django's own models.

Django sends pre_migrate and post_migrate only for apps that have this module; apps.py connects the door, the history
and the roles to them.
"""

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.messages.storage.cookie import MessageDecoder, MessageEncoder
from django.db import models
from django.urls import reverse
from django.utils import timezone

from r1540.history import tracked

tracked(User, app="r1540")
tracked(Group, app="r1540")


class Submission(models.Model):
    """A form of the desk that was saved; by its key a form that is sent twice is saved once (see desk/guard.py)."""

    key = models.UUIDField()
    # No constraint: a submission neither prevents the deletion of a user nor appears in its confirmation.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="submissions"
    )
    typed = models.CharField(max_length=64)  # a digest of the whole form
    led_to = models.TextField(blank=True)  # the address of the redirect, or what a popup passed to its opener
    # The messages of the response. The person may not have seen them: a browser drops the response if the button is
    # pressed again.
    said = models.JSONField(default=list, encoder=MessageEncoder, decoder=MessageDecoder)
    sent_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="submission_once", fields=["user", "key"])]

    def __str__(self):
        return f"{self.key}, sent {self.sent_at:%Y-%m-%d %H:%M}"


class SavedFilters(models.QuerySet):
    def offered(self, user):
        """Return the saved filters that a user is offered: their own, and those for all staff."""
        return self.filter(models.Q(owner=user) | models.Q(is_for_all=True)).select_related("owner")


@tracked
class SavedFilter(models.Model):
    """A filter of a list at the desk that somebody saved under a name (see desk/saved.py)."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    model = models.CharField(max_length=100)  # whose list it filters: states.report
    name = models.CharField(max_length=80)
    parameters = models.CharField(max_length=2000)  # of the list's address, in one order, without page and sorting
    is_for_all = models.BooleanField("for all staff", default=False)

    objects = SavedFilters.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="saved_filter_once", fields=["owner", "model", "name"])]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address that checks the filter and then opens its list."""
        return reverse("saved-filter", args=[self.pk])


class Import(models.Model):
    """An import of one table at the desk that was applied; its events in the history have the `key` as their change."""

    key = models.UUIDField(unique=True)
    table = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    who = models.CharField(max_length=150)  # as in the history, where the name stays when the person is deleted
    inserted = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    applied_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-applied_at"]

    def __str__(self):
        return f"Import of {self.file_name}"
