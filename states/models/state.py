"""States and their names."""

from datetime import date
from functools import reduce
from operator import and_

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, Exists, F, Q, Value
from django.db.models import When as If
from django.db.models.functions import Concat, NullIf, StrIndex

from r1540.as_at.compiled import any_of
from r1540.as_at.names import Fold, Words, folded, has_words, starts_word
from r1540.history import tracked
from r1540.lists.addresses import address


class RegionalGroup(models.TextChoices):
    """The five electoral groups of the United Nations."""

    AFRICAN = "African Group", "African Group"
    ASIA_PACIFIC = "Asia-Pacific Group", "Asia-Pacific Group"
    EASTERN_EUROPEAN = "Eastern European Group", "Eastern European Group"
    LATIN_AMERICAN = "Latin American and Caribbean Group", "Latin American and Caribbean Group"
    WESTERN_EUROPEAN = "Western European and Others Group", "Western European and Others Group"


class Region(models.TextChoices):
    """The geographic regions of the UN M49 standard, separate from the regional groups."""

    AFRICA = "Africa", "Africa"
    AMERICAS = "Americas", "Americas"
    ASIA = "Asia", "Asia"
    EUROPE = "Europe", "Europe"
    OCEANIA = "Oceania", "Oceania"


class Subregion(models.TextChoices):
    """The geographic subregions of the UN M49 standard."""

    AUSTRALIA = "Australia and New Zealand", "Australia and New Zealand"
    CENTRAL_ASIA = "Central Asia", "Central Asia"
    EASTERN_ASIA = "Eastern Asia", "Eastern Asia"
    EASTERN_EUROPE = "Eastern Europe", "Eastern Europe"
    LATIN_AMERICA = "Latin America and the Caribbean", "Latin America and the Caribbean"
    MELANESIA = "Melanesia", "Melanesia"
    MICRONESIA = "Micronesia", "Micronesia"
    NORTHERN_AFRICA = "Northern Africa", "Northern Africa"
    NORTHERN_AMERICA = "Northern America", "Northern America"
    NORTHERN_EUROPE = "Northern Europe", "Northern Europe"
    POLYNESIA = "Polynesia", "Polynesia"
    SOUTH_EASTERN_ASIA = "South-eastern Asia", "South-eastern Asia"
    SOUTHERN_ASIA = "Southern Asia", "Southern Asia"
    SOUTHERN_EUROPE = "Southern Europe", "Southern Europe"
    SUB_SAHARAN_AFRICA = "Sub-Saharan Africa", "Sub-Saharan Africa"
    WESTERN_ASIA = "Western Asia", "Western Asia"
    WESTERN_EUROPE = "Western Europe", "Western Europe"


def with_code(text: str) -> Q:
    """Return the condition that a typed text is the ISO or the M49 code of a State, whatever capitals."""
    code = text.strip().upper()
    return Q(iso3=code) | Q(iso2=code) | Q(m49=code)


class StateQuerySet(models.QuerySet):
    def as_at(self, at: date):
        """Return the States of the record on a day: the Members admitted by then, and the observer States."""
        return self.filter(Q(status=State.Status.OBSERVER) | Q(admitted_on__lte=at))

    def absent(self, at: date):
        """Return the States that became Members after a day; they are few, so lists of facts exclude them by key."""
        return self.filter(status=State.Status.MEMBER, admitted_on__gt=at)

    def members(self, at: date):
        """Return the Member States of the United Nations on a day: the denominator of every figure."""
        return self.filter(status=State.Status.MEMBER, admitted_on__lte=at)

    def named(self, text: str):
        """Return the States with a name that matches a typed text, in any language, whatever accents or capitals.

        One word matches the start of any word of a name. Several words must begin a name; only if they begin no name,
        each of them must start some word of one name. So "Republic of the Congo" finds the Congo and never the
        Democratic Republic of the Congo, and "congo" finds both.
        """
        return self.filter(pk__in=self.keys_named(text))

    def keys_named(self, text: str):
        """Return the keys of the States with a name that matches a typed text, as one query."""
        whole, *words = folded(" ".join(text.split()), *text.split())
        if not whole:  # nothing but spaces and quotes
            return self.model.objects.none().values("pk")
        with_words = self._keys_with_name(reduce(and_, (starts_word("folded", word) for word in words)))
        if len(words) == 1:
            return with_words
        begun = self._keys_with_name(Q(has_words("folded", whole), folded__startswith=whole))
        return begun.union(self.model.objects.order_by().filter(~Exists(begun), pk__in=with_words).values("pk"))

    def called(self, text: str):
        """Return the States with this code or whole name, in any language, whatever accents or capitals."""
        (whole,) = folded(text)
        named = self._keys_with_name(Q(has_words("folded", whole), folded=whole))
        coded = self.model.objects.order_by().filter(with_code(text)).values("pk")
        return self.filter(pk__in=coded.union(named) if whole else coded)

    def likeliest_first(self, text: str):
        """Return the States in the order in which a typed text means them: the one with this whole name, in any
        language; the one with this code; then the nearer the text is to the beginning of the short name, the sooner.

        "Guinea" means Guinea, then Guinea-Bissau, then Papua New Guinea; "UK" the United Kingdom, then Ukraine.
        """
        (whole,) = folded(text)
        called = list(self._keys_with_name(Q(has_words("folded", whole), folded=whole))) if whole else []
        place = StrIndex(Concat(Value(" "), F("sort_name")), Value(f" {whole}"))  # 0: it is not in the short name
        rank = Case(
            If(any_of("pk", called), then=Value(0)),
            If(with_code(text), then=Value(1)),
            default=Value(2),
        )
        return self.order_by(rank, NullIf(place, 0), "sort_name")

    def _keys_with_name(self, condition: Q):
        names = StateName.objects.order_by().filter(condition).values_list("state", flat=True)
        short, formal = (
            self.model.objects.order_by().alias(folded=name).filter(condition).values_list("pk", flat=True)
            for name in (F("sort_name"), F("folded_formal_name"))
        )
        return names.union(short, formal)  # each from its own index


@tracked
class State(models.Model):
    """A Member State of the United Nations, or an observer State (shown, never counted)."""

    class Status(models.TextChoices):
        MEMBER = "member", "Member State"
        OBSERVER = "observer", "Observer State"

    iso3 = models.CharField(
        "ISO alpha-3",
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", "Three capital letters.")],
    )
    iso2 = models.CharField(
        "ISO alpha-2",
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", "Two capital letters.")],
    )
    m49 = models.CharField(
        "UN M49", max_length=3, unique=True, validators=[RegexValidator(r"\A[0-9]{3}\Z", "Three digits.")]
    )
    status = models.CharField("status at the United Nations", max_length=8, choices=Status)
    name = models.CharField("short name", max_length=100, unique=True, help_text="The UN short name, in English.")
    name_in_text = models.CharField(max_length=100, help_text="As it stands in a sentence: “the Congo”.")
    formal_name = models.CharField(max_length=120)
    sort_name = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    folded_formal_name = models.GeneratedField(
        expression=Fold("formal_name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    regional_group = models.CharField(max_length=40, choices=RegionalGroup, blank=True)
    regional_group_note = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=10, choices=Region)
    subregion = models.CharField(max_length=40, choices=Subregion)
    admitted_on = models.DateField("admitted to the United Nations on", null=True, blank=True)
    admission_note = models.CharField(max_length=200, blank=True)
    internal_note = models.TextField(blank=True, help_text="For staff only. Never public.")

    objects = StateQuerySet.as_manager()

    public_columns = (
        "id iso3 iso2 m49 status name name_in_text formal_name sort_name folded_formal_name regional_group"
        " regional_group_note region subregion admitted_on admission_note"
    )
    internal_columns = "internal_note"

    class Meta:
        ordering = ["sort_name"]
        verbose_name = "State"
        verbose_name_plural = "States"
        indexes = [
            models.Index(name="state_in_order", fields=["sort_name", "id"]),  # for a page of the list
            models.Index(name="state_by_admission", fields=["admitted_on"]),  # for `absent`
            # For the filters: the number of States, and a page of them, from the index alone.
            *(
                models.Index(
                    name=f"state_of_{name}", fields=[field, "sort_name", "id"], include=["status", "admitted_on"]
                )
                for name, field in (("region", "region"), ("subregion", "subregion"), ("group", "regional_group"))
            ),
            # For `named`: the words of the short and of the formal name.
            GinIndex(Words("sort_name"), name="state_words_of_name"),
            GinIndex(Words("folded_formal_name"), name="state_words_of_formal_name"),
        ]
        constraints = [
            models.CheckConstraint(
                name="state_member_admitted",
                condition=Q(status="observer") | Q(admitted_on__isnull=False),
                violation_error_message="A Member State needs the day of its admission to the United Nations.",
            ),
            models.CheckConstraint(
                name="state_member_in_a_group",
                condition=Q(status="member", regional_group__in=RegionalGroup.values)
                | Q(status="observer", regional_group=""),
                violation_error_message="A Member State belongs to a regional group, an observer State to none.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address("state", self.iso3)

    def is_member(self, at: date) -> bool:
        return self.status == self.Status.MEMBER and self.admitted_on <= at


class Language(models.TextChoices):
    """The six official languages of the United Nations."""

    ARABIC = "ar", "Arabic"
    CHINESE = "zh", "Chinese"
    ENGLISH = "en", "English"
    FRENCH = "fr", "French"
    RUSSIAN = "ru", "Russian"
    SPANISH = "es", "Spanish"


@tracked
class StateName(models.Model):
    """A name by which a State is, was or may be looked for, besides its English short and formal name."""

    class Kind(models.TextChoices):
        SHORT = "short", "Short name"
        FORMER = "former", "Former name"
        POPULAR = "popular", "Popular name"

    state = models.ForeignKey(State, models.CASCADE, related_name="names", verbose_name="State")
    language = models.CharField(max_length=2, choices=Language)
    kind = models.CharField(max_length=7, choices=Kind)
    name = models.CharField(max_length=120)
    folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    public_columns = "id state language kind name folded"
    internal_columns = ""

    class Meta:
        ordering = ["state__sort_name", "kind", "language", "folded", "pk"]
        verbose_name = "name of a State"
        verbose_name_plural = "names of States"
        indexes = [GinIndex(Words("folded"), name="state_name_words")]  # for State.objects.named
        constraints = [
            models.UniqueConstraint(
                name="state_name_once",
                fields=["state", "language", "kind", "name"],
                violation_error_message="This State has this name already.",
            ),
            models.UniqueConstraint(
                name="state_one_short_name",
                fields=["state", "language"],
                condition=Q(kind="short"),
                violation_error_message="A State has one short name in a language.",
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.get_language_display()}, {self.get_kind_display().lower()})"
