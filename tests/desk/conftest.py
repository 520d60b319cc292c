"""Two people at the admin, in a browser."""

import pytest

from tests.browsing import context_of
from tests.desk.pairs import two_people


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def people(browser, live_server, complaints, request):
    """Open two pages, each of somebody signed in; what the policy refused, or a script raised, fails the test."""
    options = {"java_script_enabled": getattr(request, "param", True)}
    contexts = [context_of(browser, live_server.url, client, complaints, **options) for client in two_people()]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()
    assert not [words for words in complaints if "favicon" not in words and "404" not in words]
