"""Undoing one change of a row by a new change, unless something later rests on it."""

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import ForeignKey, ProtectedError

from r1540.history import publication
from r1540.history.audit import Change, RowChange, Wording, instance

ADDED = "It was added by this change. To undo that, delete it."
PUBLISHING = "Checking and publishing are steps of their own: take that step instead."


class NotUndoneError(Exception):
    """Why a change is not undone, in a sentence."""


def undo_change(change: Change, words: Wording, may):
    """Bring each row of a change back to what it was. `may(verb, model)` says what the person may do.

    All or nothing. Raise NotUndoneError if it cannot be. Rows come back before what points at them, and go after it.
    """
    rows = sorted(change.rows, key=lambda row: row.model._meta.auto_created is not False)
    back = [row for row in rows if row.before is not None]
    added = [row for row in reversed(rows) if row.before is None]
    try:
        with transaction.atomic():
            for row in added:
                check(row, current(row), words, may)
                row.model._base_manager.get(pk=row.pk).delete()
            for row in back:
                check(row, current(row), words, may)
                bring_back(row, words) if row.after is None else put_back(row)
            for row in (row for row in rows if row.part and row.part.many):
                publication.lapse(row.part.many.model, [(row.before or row.after)[row.part.parent]])
            connection.check_constraints()
    except ValidationError as error:
        raise NotUndoneError(" ".join(error.messages)) from error
    except ProtectedError as error:
        others = "; ".join(map(str, list(error.protected_objects)[:5]))
        raise NotUndoneError(f"Other facts rest on it: {others}.") from error
    except (IntegrityError, DataError) as error:
        raise NotUndoneError(refusal(error, change)) from error


def refusal(error, change: Change) -> str:
    """Return in a sentence why the database refuses to undo a change."""
    rules = {rule.name: rule for row in change.rows for rule in row.model._meta.constraints}
    rule = rules.get(error.__cause__.diag.constraint_name)
    if rule:
        return str(rule.get_violation_error_message())
    return f"The record refuses it: {error.__cause__.diag.message_primary}."


def why_not(change: Change, changes: list[Change], words: Wording, may) -> str:
    """Return in a sentence why a change cannot be undone, as far as the changes themselves tell, the latest first.

    Empty where only a rule of the record may still forbid it.
    """
    now = {}
    for other in changes:
        for row in other.rows:
            now.setdefault((row.model, row.pk), row.after)
    try:
        for row in change.rows:
            check(row, now[row.model, row.pk], words, may)
    except NotUndoneError as refused:
        return str(refused)
    return ""


def current(row: RowChange) -> dict | None:
    """Return what the row holds now, locked until the end of the transaction; None if it is gone."""
    locked = row.model._base_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if locked is None:
        return None
    kept = (row.after or row.before).keys()
    return {name: getattr(locked, row.model._meta.get_field(name).attname) for name in kept}


def check(row: RowChange, now: dict | None, words: Wording, may):
    """Raise NotUndoneError if a row that holds this now cannot become what it was before a change."""
    if row.before is None:
        if row.part is None:
            raise NotUndoneError(ADDED)
        permitted(may, "delete", row)
        unchanged(row, now, row.after, words)
    elif row.after is None:
        permitted(may, "add", row)
        if row.before.get("published") and not may("publish", row.model):
            raise NotUndoneError("It was published: only who may publish it can bring it back.")
        if now is not None:
            raise NotUndoneError(f"It is there again already: {words.name(row)}.")
    else:
        permitted(may, "change", row)
        if not row.changed:
            raise NotUndoneError("What it changed is not kept in the history.")
        names = content_of(row)
        if "published" in row.changed or not names:
            raise NotUndoneError(PUBLISHING)
        unchanged(row, now, names, words)


def content_of(row: RowChange) -> list[str]:
    """Return the fields that an update changed, without the steps from letter to publication."""
    return [name for name in row.changed if name not in publication.STEPS]


def unchanged(row: RowChange, now: dict | None, names, words: Wording):
    """Raise NotUndoneError if the row is gone, or one of the fields was changed since."""
    if now is None:
        raise NotUndoneError(f"It is gone: {words.name(row)}.")
    later = [row.model._meta.get_field(name).verbose_name for name in names if now[name] != row.after[name]]
    if later:
        raise NotUndoneError(f"Changed again later: {', '.join(map(str, later))}. Undo the later change first.")


def permitted(may, verb: str, row: RowChange):
    """Raise NotUndoneError unless the person may do this to the row."""
    if not row.model._meta.auto_created and not may(verb, row.model):
        raise NotUndoneError(f"You may not {verb} this: {row.model._meta.verbose_name}.")


def put_back(row: RowChange):
    """Undo an update."""
    now = row.model._base_manager.get(pk=row.pk)
    names = content_of(row)
    for name in names:
        setattr(now, row.model._meta.get_field(name).attname, row.before[name])
    now.full_clean()
    now.save(update_fields=names)


def bring_back(row: RowChange, words: Wording):
    """Undo a deletion. What was published comes back only by who may publish it."""
    for f in (f for f in row.model._meta.concrete_fields if isinstance(f, ForeignKey)):
        pk = row.before[f.name]
        if pk and not f.related_model._base_manager.filter(pk=pk).exists():
            raise NotUndoneError(f"What it points at is gone: {words.value(f, pk)}.")
    made = instance(row.model, row.pk, row.before)
    made.full_clean(validate_unique=not row.model._meta.auto_created)
    made.save(force_insert=True)
