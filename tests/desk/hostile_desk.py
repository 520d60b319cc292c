"""Hostile requests to every address of the admin: a generator whose seed gives the same requests again."""

import random
from urllib.parse import quote, urlencode

from django.contrib.admin.sites import site

from tests.desk.desk_addresses import filled, page_of, patterns, rows
from tests.hostile import NASTY, encoded

IDS = [
    "0",
    "-1",
    str(2**31),
    str(2**63),
    str(10**40),
    "1.5",
    "1e9",
    "abc",
    "None",
    "1'",
    '1"',
    "1;--",
    "%00",
    "_5F",
    "٣",
]
IDS += ["1/..", "../1", "a" * 300, "\x00", "\ud83d", "1 ", "1,2", "[1]", "{}", "乍得", "true"]
DATES = [
    "0",
    "9999999999",
    "-1",
    "2013-13-45",
    "0000-00-00",
    "10000-01-01",
    "31",
    "abc",
    "2004-02-30",
    "[..",
    "2004-10",
]
VALUES = [*NASTY, *IDS, *DATES]
LOOKUPS = ["exact", "in", "isnull", "gt", "contains", "regex", "year", "month", "day", "date", "id__exact", "id__in"]
LOOKUPS += ["overlaps", "nonsense", "id__year", "pk__pk", "range", "iregex", "search", "iso_year", "state__id__exact"]
CONTROLS = ["q", "p", "o", "e", "all", "_facets", "_popup", "_to_field", "_changelist_filters", "ot", "pop", "next"]
ORDERS = ["0", "-1", "1.2.3", "99", "-99.-1", "1.1.1.1", "a.b", ".", "-", str(10**30), "1." * 300]
ACTIONS = ["publish", "unpublish", "delete_selected", "nonsense", "", "__class__"]


def fields_of(model):
    """Yield the names of the fields of a model, and of the fields of the models it points at."""
    for field in model._meta.get_fields():
        yield field.name
        if field.is_relation and field.related_model:
            yield from (f"{field.name}__{other.name}" for other in field.related_model._meta.fields)


class Generator:
    def __init__(self, seed):
        self.luck = random.Random(seed)
        self.rows = rows()
        self.patterns = sorted(patterns(), key=str)
        self.models = sorted(site._registry, key=lambda model: model._meta.label)

    def requests(self, count):
        """(method, address, form) of each request."""
        kinds = [
            self.lookup,
            self.control,
            self.form,
            self.action,
            self.object,
            self.autocomplete,
            self.posted,
            self.any,
        ]
        for number in range(count):
            yield kinds[number % len(kinds)]()

    def pick(self, *values):
        return self.luck.choice(values)

    def value(self):
        return self.luck.choice(VALUES)

    def model(self):
        """A model, the beginning of its addresses, one of its rows."""
        model = self.luck.choice(self.models)
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        return model, f"/admin/{name.replace('_', '/')}/", self.rows[name]

    def query(self, pairs):
        return "&".join(f"{quote(name)}={encoded(value)}" for name, value in pairs)

    def lookup(self):
        model, start, _ = self.model()
        desk = site._registry[model]
        offered = [one if isinstance(one, str) else one[0] for one in desk.list_filter]
        names = [self.luck.choice([*offered, *fields_of(model)]) for _ in range(self.pick(1, 1, 2))]
        suffixes = ["", "_in", "_recorded", *(f"__{one}" for one in LOOKUPS)]
        pairs = [(name + self.luck.choice(suffixes), self.value()) for name in names]
        return "get", f"{start}?{self.query(pairs)}", None

    def control(self):
        _, start, _ = self.model()
        name = self.luck.choice(CONTROLS)
        value = self.luck.choice(ORDERS) if name in ("o", "p") and self.pick(True, False) else self.value()
        return "get", f"{start}?{self.query([(name, value), (self.luck.choice(CONTROLS), self.value())])}", None

    def form(self):
        model, start, row = self.model()
        names = [self.luck.choice([*fields_of(model), *CONTROLS]) for _ in range(2)]
        page = self.pick("add/", f"{row.pk}/change/", f"{row.pk}/delete/", f"{row.pk}/history/")
        return "get", f"{start}{page}?{self.query([(name, self.value()) for name in names])}", None

    def action(self):
        _, start, row = self.model()
        ids = [self.pick(str(row.pk), self.luck.choice(IDS)) for _ in range(self.pick(1, 2))]
        form = {"action": self.luck.choice(ACTIONS), "_selected_action": ids, "index": self.pick("0", self.value())}
        form |= {self.pick("select_across", "post", "x"): self.pick("1", "0", self.value())}
        return "post", start, form

    def object(self):
        _, start, _ = self.model()
        page = self.pick("change/", "delete/", "history/", "", "password/", "second-factor/")
        return self.pick("get", "post"), f"{start}{encoded(self.luck.choice(VALUES))}/{page}", None

    def autocomplete(self):
        model = self.luck.choice(self.models)
        asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "term": self.value()}
        asked |= {"field_name": self.luck.choice([*fields_of(model)]), "page": self.pick("1", self.value())}
        if self.pick(True, False, False):
            asked[self.luck.choice([*asked])] = self.value()
        return "get", f"/admin/autocomplete/?{self.query(asked.items())}", None

    def posted(self):
        model, start, row = self.model()
        names = [field.name for field in model._meta.get_fields()]
        form = {self.luck.choice(names): self.value() for _ in range(3)}
        desk = site._registry[model]
        for inline in desk.inlines:
            prefix = inline.model._meta.get_field(model._meta.model_name).remote_field.get_accessor_name()
            form |= {f"{prefix}-TOTAL_FORMS": self.pick("1", "0", self.value()), f"{prefix}-INITIAL_FORMS": "0"}
            form |= {f"{prefix}-0-{name}": self.value() for name in ("id", "state", "name", "joined", "number")}
        return "post", f"{start}{self.pick('add/', f'{row.pk}/change/')}", form

    def any(self):
        name, route, _ = self.luck.choice(self.patterns)
        if name == "logout":  # this would end the session, and all that follows would meet the sign-in page
            name, route = "index", ""
        address = filled(route, self.rows.get(page_of(name, route)[0]))
        if self.pick(True, False) and name == "view_on_site":
            address = f"/admin/r/{encoded(self.value())}/{encoded(self.value())}/"
        pairs = [(self.luck.choice(CONTROLS), self.value())]
        form = {self.pick("username", "code", "next", "reason", "old_password", "name"): self.value()}
        return self.pick("get", "post"), f"{address}?{self.query(pairs)}", form


def sent(client, method, address, form):
    """The answer; a form that the test client cannot even write down, because of half a character, is sent as bytes."""
    if method == "get":
        return client.get(address)
    body = urlencode(form or {}, doseq=True, errors="surrogatepass")
    return client.post(address, body, content_type="application/x-www-form-urlencoded")
