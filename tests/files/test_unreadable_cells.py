"""A cell that cannot be read is told at its column, and no rule about that column breaks on it."""

import pytest
from django.db.models import DateField, IntegerField

from r1540.as_at.when import WhenField
from tests.files.imports import TABLES, problems, send, with_row

pytestmark = pytest.mark.django_db


def unreadable(table) -> list[str]:
    """The columns that do not take every text."""
    kinds = (WhenField, DateField, IntegerField)
    return [one.name for one in table.columns if isinstance(one.field, kinds) or one.field.choices]


@pytest.mark.parametrize("table", TABLES)
def test_a_cell_that_cannot_be_read_is_told_at_its_column(client, rows, table):
    for name in unreadable(TABLES[table]):
        for value in ("'", "-0001"):
            answer = send(client, table, with_row(table, **{name: value}))
            assert answer.status_code == 200, (name, value)
            assert name in [column for _, column, _ in problems(answer)], (name, value)
