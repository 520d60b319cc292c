"""What a list shows of the sources of each fact, read with the fact: no query more, and no rows made of them."""

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, OuterRef, TextField

from r1540.prepared import prepared

from .models import Source


class Pairs(ArrayField):
    """Pairs of texts, as tuples: facts with the same sources have equal values, so a table writes these once."""

    def __init__(self):
        super().__init__(ArrayField(TextField()))

    def from_db_value(self, value, expression, connection):
        return tuple(map(tuple, value))


def cited(label: str):
    """The annotation `cited` of a model of facts: the reference and the title of each source, in their order.

    The first 50 reports took 9 ms with prefetch_related("sources"), of 24 for their page.
    """

    @prepared(label)
    def sources(at) -> dict:
        of_facts = apps.get_model(label)._meta.get_field("sources").related_query_name()
        pair = Func(
            "reference", "title", template="ARRAY[%(expressions)s]::text[]", output_field=ArrayField(TextField())
        )
        found = Source.objects.filter(**{of_facts: OuterRef("pk")}).values_list(pair)
        return {"cited": ArraySubquery(found, output_field=Pairs())}

    return sources
