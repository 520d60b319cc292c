"""The page of one State, visit, plan or organization: HTML, or the same as a JSON object."""

from django.db.models import Model
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render

from r1540.lists.listing import DISCLAIMER, as_json
from r1540.lists.parameters import Page


class Detail(Page):
    """A detail is a template, `get_object` (404 with the reason) and `data`, the object of its JSON. Its address names
    it by one text; another writing of it leads there."""

    single = ["as_of", "format"]
    template_name = ""

    def get_object(self):
        raise NotImplementedError

    def data(self) -> dict:
        raise NotImplementedError

    def address_of(self, text: str) -> str:
        """Return the address of the object that a text means, written otherwise than addresses write it; empty if it
        means none."""
        return ""

    def get(self, request, *args, **kwargs):
        form = self.parameters.choice("format", ("html", "json"), "html")
        try:
            self.object = self.get_object()
        except Http404:
            (text,) = self.kwargs.values()
            if (meant := self.address_of(text)) and meant != request.path:
                return HttpResponseRedirect(meant + self.parameters.query())
            raise
        if form == "json":
            return as_json(request, self.data())
        return render(request, self.template_name, self.get_context_data())

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            object=self.object, title=str(self.object), json_address=self.parameters.address(format="json"), **kwargs
        ) | {"disclaimer": DISCLAIMER}


def fact_data(fact: Model, *fields: str) -> dict:
    """Return the public columns that every fact's JSON has, and those named: dates as EDTF, States as ISO3."""
    values = {name: getattr(fact, name) for name in fields}
    common = {"reference": fact.reference, "state": fact.state.iso3, "state_name": fact.state.name}
    return (
        common
        | {name: getattr(value, "edtf", value) for name, value in values.items()}
        | {
            "certainty": fact.certainty,
            "sources": [source.reference for source in fact.sources.all()],
            "note": fact.note,
        }
    )
