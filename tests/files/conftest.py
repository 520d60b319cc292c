"""Who sends files to the desk, rows of every table, and the folder with the uploads of a test."""

import pytest

from states.models import fact_models
from tests import factories
from tests.desk.admin_client import signed_in


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    """Give a test a folder of its own for uploads."""
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def client(db):
    """Return a client that is signed in as a superuser."""
    return signed_in(None)


@pytest.fixture
def rows(db):
    """Make at least one row of every table, with pointers and lists."""
    chad, congo = factories.state("Chad"), factories.state("Congo")
    source = factories.source(reference="dc1", published=True)
    cis = factories.organization("CIS")
    factories.state_name(chad, "=Tchad", "fr")
    factories.membership(cis, chad, joined="2001", left="2010-05-01")
    factories.report(chad, reference="TCD-1", note="=1+1\r\n'“Côte” |_x000D_", sources=[source])
    factories.report(congo, submitted="[..2013-01-15]", reference="COG-1")
    first = factories.plan(chad, number=1, reference="P-1", announced="2010")
    factories.plan(chad, number=2, reference="P-2", announced="2012", supersedes=first)
    factories.resolution()
    factories.figure()
    factories.visit(chad, organizations=[cis], sources=[source], stated_order=1)
    factories.event(congo, organizations=[cis])
    for model in fact_models():
        if not model.objects.exists():
            factories.fact(model, chad)
