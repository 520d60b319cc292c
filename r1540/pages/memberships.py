"""What pages and JSON say of memberships of organizations: since when, and from where it is known."""

from collections.abc import Iterable

from states.models import Membership


def by_grounds(memberships: Iterable[Membership]) -> list[list[Membership]]:
    """Return the memberships in groups that are known alike, with the same certainty from the same sources.

    Within a group, and by their first rows, the groups keep the order of the memberships.
    """
    groups: dict[tuple, list[Membership]] = {}
    for one in memberships:
        known = (one.certainty, *(source.pk for source in one.sources.all()))
        groups.setdefault(known, []).append(one)
    return list(groups.values())


def as_data(one: Membership) -> dict:
    """Return a membership that holds on the day of the page, as JSON tells it, but for its State and organization."""
    return {
        "status": one.status,
        "joined": one.joined.edtf if one.joined else None,
        "certainty": one.certainty,
        "sources": [source.reference for source in one.sources.all()],
        "note": one.note,
    }
