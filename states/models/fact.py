"""What every recorded fact has: a permanent reference, sources, a certainty, and whether it is published."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.text import Truncator, capfirst

from r1540.as_at.names import Fold, Words
from r1540.as_at.past import HappenedField
from r1540.as_at.period import Period, Step
from r1540.as_at.rules import not_before_adoption
from r1540.as_at.when import WHEN_HELP, When
from r1540.history import tracked
from r1540.history.publication import Publishable, in_steps, step_permissions
from r1540.lists.addresses import address

from .kind import TimelineEntry

REFERENCE = RegexValidator(r"\A[A-Za-z0-9][A-Za-z0-9-]*\Z", "Letters, digits and hyphens only.")
# What a title begins with if its document has a number: "Press release DC/3466: …", "S/2015/1052, annual review …".
NUMBERED = re.compile(r"((?:[^\W\d]+ ){0,2}[A-Z]+[/.][A-Z0-9/.()-]*[0-9][A-Z0-9/.()-]*)[:,] ")
SHORT = 45  # characters of a title, where a source has neither a number nor a date


class Certainty(models.TextChoices):
    """The ways in which a fact is known; pages show the way next to the fact."""

    DOCUMENT = "document-cited", "Cited document"
    MESSAGE = "message", "Message of the Chair"
    PUBLIC_RECORD = "public record", "Public record"
    CONFIRMED = "confirmed", "Confirmed"
    PRESS = "press", "Press"
    ELIMINATION = "by elimination", "By elimination, from press"
    INFERRED = "inferred", "Inferred"
    RECOLLECTION = "recollection", "From recollection"

    @property
    def meaning(self) -> str:
        """Return in one sentence what the word says of a fact."""
        return MEANINGS[self]


MEANINGS = {
    Certainty.DOCUMENT: "A document named among the sources says so.",
    Certainty.MESSAGE: "A message of the Chair of the Committee says so.",
    Certainty.PUBLIC_RECORD: "An official document of the United Nations is itself the fact, such as a resolution.",
    Certainty.CONFIRMED: "Two sources say so, or, of a membership, the organization itself publishes it.",
    Certainty.PRESS: "A press report says so, and no document was found that does.",
    Certainty.ELIMINATION: "A list of those that had not submitted, known from the press, does not name the State.",
    Certainty.INFERRED: "It follows from what the sources say; the note says how.",
    Certainty.RECOLLECTION: "It was not, or not in every part, checked against a source: memberships only.",
}


class SourceQuerySet(models.QuerySet):
    def messages(self):
        """Return the messages of the Chair: what they say of States is not confirmed by facts known only from them."""
        return self.filter(kind=Source.MESSAGE)


@in_steps
@tracked
class Source(Publishable):
    """Where a fact is known from: a document, a statement, a press release, a page."""

    reference = models.CharField(
        max_length=60,
        unique=True,
        validators=[REFERENCE],
        help_text="Its permanent name in addresses and files: dc3466.",
    )
    title = models.CharField(max_length=300)
    sort_title = models.GeneratedField(
        expression=Fold("title"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    publisher = models.CharField(max_length=120, blank=True)
    dated = HappenedField(null=True, blank=True, help_text=WHEN_HELP)
    link = models.URLField(max_length=400, blank=True, validators=[URLValidator(["http", "https"])])
    kind = models.CharField(max_length=40, blank=True, help_text="UN press release, press, government statement …")
    note = models.TextField(blank=True, help_text="Public.")
    internal_note = models.TextField(blank=True, help_text="For staff only. Never public.")

    objects = SourceQuerySet.as_manager()

    MESSAGE = "message of the Chair"  # the `kind` of such a message

    public_columns = "id reference title sort_title publisher dated link kind note published published_at changed_at"
    internal_columns = "internal_note checked"

    class Meta:
        ordering = ["sort_title", "pk"]
        indexes = [
            models.Index(name="source_in_order", fields=["sort_title", "id"]),  # a page of the list
            GinIndex(Words("sort_title"), name="source_words_of_title"),  # with_words
        ]
        permissions = step_permissions("source", "sources")
        constraints = [
            models.CheckConstraint(
                name="source_dated_since_1945",
                condition=Q(dated__latest__gte=date(1945, 1, 1)),
                violation_error_message=(
                    "Nothing is cited that is dated before 1945, when the United Nations was founded. A year in a cell"
                    " that a spreadsheet takes for a date is a day of 1905: write it as text."
                ),
            )
        ]

    def __str__(self):
        return f"{self.title} ({self.publisher})" if self.publisher else self.title

    def get_absolute_url(self):
        return self.address_of(self.reference)

    @staticmethod
    def address_of(reference: str) -> str:
        """Return the address of the source with a reference, for a list that read nothing else of it."""
        return address("source", reference)

    @property
    def is_message(self) -> bool:
        return self.kind == self.MESSAGE

    @property
    def short_title(self) -> str:
        """Return the few words by which people read of the source next to a fact."""
        return self.short_title_of(self.title, self.publisher, self.kind, self.dated)

    @staticmethod
    def short_title_of(title: str, publisher: str, kind: str, dated: When | None) -> str:
        """Return the number of the document, if the title begins with one; or who published it, and when; or the
        beginning of the title."""
        if numbered := NUMBERED.match(title):
            return numbered[1]
        who = capfirst(kind) if kind == Source.MESSAGE else publisher
        return f"{who}, {dated}" if who and dated else Truncator(title).chars(SHORT)


class FactQuerySet(models.QuerySet):
    """The queryset of a kind of fact; each kind defines what is `known` by a day."""

    def known(self, at: date):
        """Return the facts of which something happened, or may have happened, by a day."""
        raise NotImplementedError

    def for_timeline(self, at: date):
        """Return the facts known by a day, with what `Fact.timeline_entry` needs."""
        return self.known(at)

    def between(self, period: Period):
        """Return all facts to which something happened in a period, or may have happened (see `Fact.steps`).

        Other facts may be among them.
        """
        return self.known(period.at).filter(period.touches(*self.model.fact_kind.days))

    def known_only_from(self, statements: Iterable[int]):
        """Return the facts that rest on nothing but these statements (keys of sources, or a query of them).

        Such a fact does not confirm what the statements say (see `Fact.is_known_only_from`, which is the same rule).
        """
        its = Source.objects.filter(**{self.model._meta.get_field("sources").related_query_name(): OuterRef("pk")})
        said, other = its.filter(pk__in=statements), its.exclude(pk__in=statements)
        by_message = Q(certainty=Certainty.MESSAGE) & Exists(said.messages())
        return self.filter(Exists(said)).filter(by_message | ~Exists(other))

    def found_by(self, text: str, states: list[int], at: date):
        """Return the facts, known by a day, that match a text or are of States with these keys, found by their names.

        Only the columns that the search shows are loaded. A kind that is not searched returns no facts.
        """
        return self.none()


class Fact(Publishable):
    """A fact: a report, plan, resolution, published figure, visit or event; here is what all kinds have in common.

    Each kind declares itself in `fact_kind` (see kind.py).

    A fact starts unpublished. Its reference is made when it is first saved, and never changes: it is the fact's name
    in addresses, anchors and files.
    """

    reference = models.CharField(
        max_length=60,
        unique=True,
        blank=True,
        validators=[REFERENCE],
        help_text="Empty: made from the State and the date.",
    )
    certainty = models.CharField(
        max_length=20,
        choices=[choice for choice in Certainty.choices if choice[0] != Certainty.RECOLLECTION],
        default=Certainty.DOCUMENT,
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="%(class)s_set")
    note = models.TextField(blank=True, help_text="Public.")
    internal_note = models.TextField(blank=True, help_text="For staff only. Never public.")

    public_columns = "id reference certainty note published published_at changed_at"
    internal_columns = "internal_note checked"

    # The fields of the first and of the last day of something that lasts, if the kind has them.
    first_and_last = ()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self.reference:
            stem, others = self.reference_stem(), type(self)._default_manager
            self.reference, number = stem, 1
            while others.filter(reference=self.reference).exists():
                number += 1
                self.reference = f"{stem}-{number}"
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return self.address_of(self.reference, self.state.iso3)

    @classmethod
    def address_of(cls, reference: str, iso3: str) -> str:
        """Return the address of the fact with a reference: its page, or its place on the page of its State."""
        if cls.fact_kind.page_view:
            return address(cls.fact_kind.singular, reference)
        return f"{address('state', iso3)}#{reference}"

    def reference_stem(self) -> str:
        """Return the text of which the reference is made; a number is added if another fact has it already."""
        raise NotImplementedError

    def timeline_entry(self, at: date) -> TimelineEntry:
        """Return the entry of the fact in the timeline of its State, and among news, as at a day by which it was
        known."""
        raise NotImplementedError

    def steps(self, period: Period) -> Iterator[Step]:
        """Yield all that happened to the fact, on any day, but for steps that others make redundant in a period."""
        raise NotImplementedError

    def make_step(
        self, name: str, kind: str, when: When, sentence: str, counts_from: When | None = None, of_many: str = ""
    ) -> Step:
        """Return a step of this fact; its `name` is unique among the steps of the fact, and never changes."""
        key = f"{self._meta.model_name}/{self.reference}/{name}"
        address = self.get_absolute_url()
        return Step(kind, key, when, capfirst(sentence), address, self.state, self, counts_from, of_many)

    def is_known_only_from(self, statements: Iterable[Source]) -> bool:
        """Return whether the fact rests on nothing but these statements, so that it does not confirm what they say.

        It does if all its sources are among them; or if it is known, as its certainty says, from a message of the Chair
        that is among them: what else is cited then tells less, such as that it happened years later at the latest.
        """
        sources = set(self.sources.all())
        said = sources.intersection(statements)
        by_message = self.certainty == Certainty.MESSAGE and any(one.is_message for one in said)
        return bool(said) and (by_message or said == sources)

    @property
    def only_statements(self) -> list[Source]:
        """Return the messages of the Chair from which alone the fact is known; none if it is known otherwise."""
        messages = [one for one in self.sources.all() if one.is_message]
        return messages if self.is_known_only_from(messages) else []

    @property
    def details(self) -> str:
        """Return what stands under the line of the fact in a timeline, as HTML."""
        return ""


def fact_constraints(model: str, *days: str) -> list:
    """Return the rules of every fact: nothing from recollection, no day before resolution 1540 (2004) was adopted."""
    return [
        models.CheckConstraint(
            name=f"{model}_not_from_recollection",
            condition=~Q(certainty=Certainty.RECOLLECTION),
            violation_error_message="What is known from recollection only is not recorded as a fact.",
        ),
        *(not_before_adoption(f"{model}_{day}_since_adoption", day) for day in days),
    ]


def years(*whens: When | None) -> str:
    """Return the years of the first of these dates that is recorded, for a reference: 2013, 2011-2013, or undated."""
    when = next((when for when in whens if when), None)
    if when is None:
        return "undated"
    first = (when.earliest or when.latest).year
    return str(first) if first == when.latest.year else f"{first}-{when.latest.year}"
