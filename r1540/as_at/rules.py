"""Rules about days that several models share, each as a constraint the database keeps."""

from datetime import date

from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db.models import BaseConstraint, Case, CheckConstraint, DateField, F, Func, Q, Value
from django.db.models import When as If
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import GreaterThanOrEqual

# The day resolution 1540 (2004) was adopted: nothing in the record is older.
ADOPTED_ON = date(2004, 4, 28)

BEFORE_ADOPTION = (
    "Nothing is recorded before 28 April 2004, when resolution 1540 (2004) was adopted."
    " If only the year is known, write “between 28 April and 31 December 2004”."
)

LONG_AGO = Value(date.min, DateField())


def is_today(at) -> GreaterThanOrEqual:
    """Return the condition that a day is the database's today: only then is known what is planned for later.

    When a plan was made is not recorded, so of an earlier day nothing is told that lay ahead.
    """
    return GreaterThanOrEqual(Value(at, DateField()), Func(template="CURRENT_DATE", output_field=DateField()))


def not_before_adoption(name: str, field: str) -> CheckConstraint:
    """Return the constraint that no day of the fact lies before resolution 1540 (2004) was adopted; "by 2011" is taken
    as since then."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__latest__gte": ADOPTED_ON})
        & (Q(**{f"{field}__earliest__gte": ADOPTED_ON}) | Q(**{f"{field}__earliest__isnull": True})),
        violation_error_message=BEFORE_ADOPTION,
    )


def not_before(name: str, later: str, earlier: str, message: str) -> CheckConstraint:
    """Return the constraint that `later` is not surely before `earlier`. Unknown days break no rule."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{later}__latest__gte": F(f"{earlier}__earliest")})
        | Q(**{f"{later}__isnull": True})
        | Q(**{f"{earlier}__earliest__isnull": True}),
        violation_error_message=message,
    )


class DateRange(Func):
    """daterange(lower, upper): from the first day until the day before the second; NULL is without end."""

    function = "daterange"
    output_field = DateRangeField()


def surely(since: str, until: str) -> DateRange:
    """Return the days on which something surely held that began at `since` and no longer held at `until`.

    An empty `since` is "always", an empty `until` is "still".
    """
    begun = F(f"{since}__latest")
    ended = Greatest(Coalesce(F(f"{until}__earliest"), LONG_AGO), Coalesce(begun, LONG_AGO))
    return DateRange(
        begun,
        Case(If(**{f"{until}__isnull": True}, then=Value(None)), default=ended, output_field=DateField()),
    )


class SameParentConstraint(BaseConstraint):
    """A row may refer through `field` only to a row of its own model that has the same `parent`.

    A foreign key over both columns, which PostgreSQL keeps like any other.
    """

    def __init__(self, *, name, field, parent, violation_error_message=None):
        super().__init__(name=name, violation_error_message=violation_error_message)
        self.field, self.parent = field, parent

    def create_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        table, own = quote(model._meta.db_table), model._meta.get_field
        columns = {"field": quote(own(self.field).column), "parent": quote(own(self.parent).column)}
        key = quote(f"{self.name}_key")
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {key} UNIQUE (id, {columns['parent']}),"
            f" ADD CONSTRAINT {quote(self.name)} FOREIGN KEY ({columns['field']}, {columns['parent']})"
            f" REFERENCES {table} (id, {columns['parent']})"
        )

    def remove_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        table = quote(model._meta.db_table)
        key = quote(f"{self.name}_key")
        return f"ALTER TABLE {table} DROP CONSTRAINT {quote(self.name)}, DROP CONSTRAINT {key}"

    def constraint_sql(self, model, schema_editor):
        """Return nothing for CREATE TABLE: the constraint refers to the table's own key, so it follows."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def validate(self, model, instance, exclude=None, using=None):
        if exclude and {self.field, self.parent} & set(exclude):
            return
        parent = f"{self.parent}_id"
        own, other = getattr(instance, parent), getattr(instance, self.field)
        pointing = model._default_manager.using(using).filter(**{self.field: instance.pk}) if instance.pk else None
        if (other and getattr(other, parent) != own) or (pointing and pointing.exclude(**{parent: own}).exists()):
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field, "parent": self.parent}

    def __eq__(self, other):
        return isinstance(other, SameParentConstraint) and self.deconstruct() == other.deconstruct()
