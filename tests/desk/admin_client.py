"""The admin as its users meet it: who is signed in, the rows of each model, and what a browser sends back."""

from functools import partial

from django.contrib import admin
from django.db import connection
from django.forms import MultiWidget
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from r1540 import history
from r1540.desk import guard
from states.models import fact_models
from tests import factories


def name_of(model) -> str:
    """What the names of a model's addresses at the desk begin with."""
    return f"{model._meta.app_label}_{model._meta.model_name}"


FACTS = {
    **{name_of(model): partial(factories.fact, model) for model in fact_models()},
    "states_source": lambda state, **kw: factories.source(**kw),
}
REFERENCE = {
    "states_state": lambda state: state,
    "states_organization": lambda state: factories.organization(),
    "states_membership": lambda state: factories.membership(factories.organization("AU"), state),
}
RECORD = FACTS | REFERENCE
ACCOUNTS = ["auth_user", "auth_group"]
SYMBOL = "S/AC.44/2004/(02)/22"


def signed_in(role):
    client = Client()
    client.force_login(factories.user(role))
    return client


def address(name, page, row=None):
    return reverse(f"admin:{name}_{page}", args=[row.pk] if row else [])


def typed(client, url):
    """Return what a browser sends back from a form of the admin in which nothing was changed."""
    context = client.get(url).context
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    forms = [context["adminform"].form, *(s.management_form for s in formsets), *(f for s in formsets for f in s)]
    values = {}
    for bound in (bound for form in forms for bound in form):
        widget, value = bound.field.widget, bound.value()
        if isinstance(widget, MultiWidget) and not isinstance(value, list):
            value = widget.decompress(value)
        if isinstance(widget, MultiWidget):
            values |= {f"{bound.html_name}_{number}": part for number, part in enumerate(value)}
        else:
            values[bound.html_name] = value
    values |= {"_token": context.get("token"), "_submission": context.get("submission")}
    if "reason" in values:
        values["reason"] = "A test."
    return {
        name: value if isinstance(value, list) else str(value)
        for name, value in values.items()
        if value not in (None, "", []) and value is not False
    }


def confirmed(row):
    """Return what a browser sends back from the page that asks whether to delete a row."""
    desk = admin.site.get_model_admin(type(row))
    return {"post": "yes", "reason": "A test.", "_token": guard.tokens(desk, [row.pk])[row.pk]}


def chosen(action, *rows, **fields):
    """Return what a browser sends back from a list on which these rows are ticked."""
    seen = guard.tokens(admin.site.get_model_admin(type(rows[0])), [row.pk for row in rows])
    seen = [f"{key}:{token}" for key, token in seen.items()]
    said = {"action": action, "reason": "A test.", "index": 0}
    return said | {"_selected_action": [row.pk for row in rows], "_seen": seen} | fields


def messages(client, url, **data):
    return [str(message) for message in client.post(url, data, follow=True).context["messages"]]


def act(client, name, action, *rows):
    return messages(client, address(name, "changelist"), **chosen(action, *rows))


def log(client, chosen, submitted="27 October 2004", **fields):
    """Send the form of a new report of the chosen State."""
    data = {"state": chosen.pk, "submitted": submitted, "certainty": "document-cited"} | fields
    return client.post(reverse("admin:states_report_add"), data)


def change(client, name, row, why="A reason.", **fields):
    url = address(name, "change", row)
    answer = client.post(url, typed(client, url) | fields | {"reason": why})
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def history_page(client, name, row):
    return client.get(address(name, "history", row))


def entries(client, name, row):
    return history_page(client, name, row).context["entries"]


def remove(row):
    """Delete a row by a change of its own."""
    with history.by(why="Entered twice."):
        row.delete()


def queries(client, url, **parameters):
    client.get(url, parameters)  # what a process asks only once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url, parameters).status_code == 200
    return len(captured)
