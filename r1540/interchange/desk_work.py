"""What the process of a job does: preview an import, apply it, or undo one; by the rights a person has at that time."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError
from django.utils import timezone

from r1540 import history, interchange
from r1540.history import publication
from r1540.history.undoing import NotUndoneError
from r1540.interchange.differences import KEPT
from r1540.interchange.jobs import Job
from r1540.interchange.staging import INSERTED, UPDATED
from r1540.interchange.undoing import undo
from r1540.models import Import

MOST_BYTES = 50 * 2**20
MOST_ROWS = 100_000
TABLES = {table.name: table for table in interchange.TABLES}
SHOWN = 500  # characters of a cell
CHANGED = "The record has changed since you looked. Nothing was applied: look again."
BROKEN = "The work broke off by an error, which was noted in the log. Nothing was changed: try again."
BUSY = "Somebody else was saving at the same moment. Nothing was changed: try again."
WAITED = ("40P01", "55P03")  # a deadlock; a lock that others held for too long

log = logging.getLogger(__name__)


class RefusedError(Exception):
    """Why a job is not done, in a sentence."""


def may(user, table, *actions) -> bool:
    """Whether a person has these permissions for a table's model."""
    return all(publication.may(user, action, table.model) for action in actions)


def may_publish(user, table) -> bool:
    """Whether a person may import published rows; reference data is always public, and has no such permission."""
    has_column = "published" in {column.name for column in table.columns}
    return not has_column or publication.may_alone(user, table.model)


def may_undo(user, table, verb: str) -> bool:
    """Whether undoing an import may do this to a table's rows; what it makes public nobody else has checked."""
    return may_publish(user, table) if verb == "publish" else may(user, table, verb)


def run(job: Job) -> None:
    """Do the step of a job, and say in the job what came of it."""
    try:
        came = STEPS[job.said["step"]](job)
    except RefusedError as refused:
        came = {"refused": str(refused)}
    except OperationalError as error:  # others were writing, or the database went away
        log.exception("Job %s", job.folder)
        came = {"refused": BUSY if getattr(error.__cause__, "sqlstate", "") in WAITED else BROKEN}
    except Exception:
        log.exception("Job %s", job.folder)
        came = {"refused": BROKEN}
    job.say(ended=True, **({"refused": ""} | came))


def person(job: Job, *actions: str) -> Any:
    """Who asked for a job, as the database knows them now. Raises RefusedError for who may no longer do it."""
    user = User.objects.filter(pk=job.said["user"], is_active=True, is_staff=True).first()
    if user is None or not may(user, TABLES[job.said["table"]], *actions):
        raise RefusedError("You may no longer do this. Nothing was changed.")
    return user


def bring(job: Job, is_trial: bool) -> dict[str, Any]:
    """Preview the file of a job; or apply it, if it does what the person saw."""
    table, rights = TABLES[job.said["table"]], ("view", "add", "change")
    user = person(job, *rights)
    with history.by(user, change=job.said.get("change", "")), job.file.open("rb") as file:
        result = interchange.apply(
            interchange.read_table(table, file, MOST_ROWS, job.said["name"]),
            is_trial,
            lambda what, file, done, total: job.tell(what, done, total),
            may_publish=may_publish(user, table),
            expected=None if is_trial else job.said["seen"],
        )
        if result.is_applied and not may_publish(person(job, *rights), table) and may_publish(user, table):
            raise RefusedError("You may no longer publish. Nothing was changed.")
        if result.is_applied:
            note(job, user, table, result.differences.counts)
    if result.is_applied:
        job.file.unlink()
        return {"preview": None}
    return {"preview": described(result, table), "refused": CHANGED if not is_trial and result.is_ok else ""}


def note(job: Job, user, table, counts) -> None:
    """Note an import that was just applied, inside its transaction."""
    made = Import.objects.create(
        key=job.said["change"],
        table=table.name,
        file_name=job.said["name"][:200],
        who=user.get_username(),
        inserted=counts[INSERTED],
        updated=counts[UPDATED],
    )
    log_entry(user, table, str(made), f"{made.inserted} inserted, {made.updated} updated.")


def log_entry(user, table, name: str, words: str) -> None:
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(table.model),
        object_repr=name[:200],
        action_flag=CHANGE,
        change_message=words,
    )


def take_back(job: Job) -> dict[str, Any]:
    """Undo an import."""
    table = TABLES[job.said["table"]]
    user = person(job, "view", "change")
    made = Import.objects.get(key=job.said["import"])
    with history.by(user, f"Undo of import of {made.file_name}: {job.said['reason']}", change=job.said["change"]):
        made = Import.objects.select_for_update().get(pk=made.pk)
        if made.undone_at:
            raise RefusedError("It was undone already.")
        try:
            undo(table, str(made.key), lambda verb: may_undo(person(job), table, verb), job.tell)
        except NotUndoneError as refused:
            raise RefusedError(f"Nothing was undone. {refused}") from refused
        person(job, "view", "change")
        made.undone_at = timezone.now()
        made.save()
        log_entry(user, table, f"Undo of import of {made.file_name}", job.said["reason"])
    return {}


STEPS: dict[str, Callable[[Job], dict[str, Any]]] = {
    "preview": partial(bring, is_trial=True),
    "apply": partial(bring, is_trial=False),
    "undo": take_back,
}


def described(result: interchange.Result, table) -> dict[str, Any]:
    """What a preview shows: counts, the first rows of each outcome, the first problems."""
    counts = result.counts.get(table.file, {})
    differences = result.differences
    return {
        "digest": differences.digest,
        "is_ok": result.is_ok,
        "changes": differences.counts.total(),
        "counts": [(outcome, count) for outcome, count in counts.items() if count],
        "groups": [
            {
                "name": outcome,
                "count": counts.get(outcome, 0),
                "rows": [shown(row) for row in differences.rows if row.outcome == outcome],
                "hidden": max(0, differences.counts[outcome] - KEPT),
            }
            for outcome in (UPDATED, INSERTED)
        ],
        "problems": [asdict(problem) for problem in result.problems[:KEPT]],
        "more_problems": max(0, result.problems.count - KEPT),
    }


def shown(row) -> dict[str, Any]:
    return asdict(row) | {"cells": [[column, cut(old), cut(new)] for column, old, new in row.cells]}


def cut(cell: str) -> str:
    return cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…"
