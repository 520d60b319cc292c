"""No public address answers 500, or another question than the one asked, whatever is asked of it."""

import random

import pytest

from tests.hostile import NASTY, encoded
from tests.public.addresses import LISTS

PARAMETERS_OF_CHANGES = ("as_of", "region", "organization", "kind", "day", "page", "per_page", "format", "nonsense")
ALLOWED = {200, 302, 400, 404}


def parameters(name):
    single, several = LISTS[name].filterset_class.parameters()
    return [*single, *several, "as_of", "sort", "page", "per_page", "cols", "format", "nonsense", "region__in", "id"]


@pytest.mark.parametrize("name", LISTS)
def test_a_nasty_value_of_any_parameter_is_answered(client, record, name):
    luck = random.Random(name)
    for parameter in parameters(name):
        for value in luck.sample(NASTY, 8):
            form = luck.choice(["", "&format=json", "&format=csv"]) if parameter != "format" else ""
            address = f"/{name}/?{parameter}={encoded(value)}{form}"
            response = client.get(address)
            assert response.status_code in ALLOWED, address
            if response.status_code == 200 and value.strip() and parameter in ("nonsense", "id", "region__in"):
                pytest.fail(f"{address} was answered as if it had asked nothing")


@pytest.mark.parametrize("parameter", ["view", "measure", "by", "as_of", "organization", "name", "sort"])
def test_a_nasty_value_of_any_parameter_of_a_board_is_answered(client, db, parameter):
    for value in NASTY:
        board = "view=board&" if parameter != "view" else ""
        response = client.get(f"/states/?{board}{parameter}={encoded(value)}")
        assert response.status_code in ALLOWED, value


@pytest.mark.parametrize("value", NASTY, ids=ascii)
def test_a_nasty_path_or_search_is_answered(client, record, value):
    parameter = PARAMETERS_OF_CHANGES[NASTY.index(value) % len(PARAMETERS_OF_CHANGES)]
    for address in (
        f"/states/{encoded(value)}/",
        f"/visits/{encoded(value)}/",
        f"/plans/{encoded(value)}/?format=json",
        f"/organizations/{encoded(value)}/",
        f"/groups/{encoded(value)}/",
        f"/groups/africa/?as_of={encoded(value)}",
        f"/figures/changes/?since={encoded(value)}",
        f"/figures/changes/?since=2013-01-15&{parameter}={encoded(value)}",
        f"/search/?q={encoded(value)}",
        f"/?as_of={encoded(value)}",
        f"/figures/history/?as_of={encoded(value)}",
        f"/figures/history/?measure={encoded(value)}&format=csv",
        f"/figures/history/?{encoded(value)}=1",
        f"/feed/?{encoded(value)}={encoded(value)}",
        f"/states/TCD/?as_of={encoded(value)}",
        f"/{encoded(value)}",
    ):
        assert client.get(address).status_code in ALLOWED | {301}, address


@pytest.mark.parametrize(
    "header", ["accept", "cookie", "if-none-match", "if-modified-since", "accept-language", "range"]
)
def test_a_nasty_header_is_answered(client, db, header):
    for value in (
        "",
        "\x00",
        "a" * 5000,
        "W/",
        '"',
        "sessionid=\\000",
        "csrftoken=%00; sessionid=x",
        "bytes=9999999-",
        "\x7f",
    ):
        assert client.get("/states/", headers={header: value}).status_code in ALLOWED


def test_a_cookie_with_a_nul_does_not_reach_the_database(client, db):
    assert client.get("/admin/", headers={"cookie": 'sessionid="\\000"'}).status_code == 400


def test_a_nul_in_a_form_of_staff_is_refused(client, db):
    response = client.post("/admin/login/", {"username": "a\x00b", "password": "c"})
    assert response.status_code == 400
    assert "username" in response.content.decode()
