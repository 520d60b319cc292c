"""nginx with the configuration that is shipped, in front of the site as it is deployed: HTTPS, headers, uploads."""

import gzip
import http.client
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from r1540.running import serving
from tests.running import slow
from tests.running.processes import PROJECT, until

# The database of the tests is made for the first mark; the site asks it over connections of its own.
pytestmark = [pytest.mark.django_db, pytest.mark.nginx, pytest.mark.timeout(300)]
HOST = "record.example.org"
PROGRAM = """
import sys
from django.conf import settings
from r1540.running.serving import Server

settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
Server(sys.argv[1]).run()
"""
SECURITY = {
    "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture(scope="module")
def nginx(nginx_path, django_db_setup, django_db_blocker, tmp_path_factory):
    """The ports of nginx for HTTP and HTTPS, and the certificate."""
    folder = tmp_path_factory.mktemp("nginx")
    certificate, key, path = folder / "record.pem", folder / "record.key", folder / "site.sock"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={HOST}", "-days", "2"]
    names = ["-addext", f"subjectAltName=DNS:{HOST}", "-out", certificate, "-keyout", key]
    subprocess.run([*request, *names], check=True, capture_output=True)
    plain, secure = free_ports(2)
    conf = folder / "nginx.conf"
    conf.write_text(with_paths_of(folder, plain, secure))
    with django_db_blocker.unblock(), ExitStack() as stack:
        stack.enter_context(running([sys.executable, "-c", PROGRAM, f"unix:{path}"], deployed()))
        command = [nginx_path, "-e", folder / "error.log", "-c", conf]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        stack.enter_context(running([*command, "-g", "daemon off;"], None))
        until(lambda: slow.answer(str(path), "/about/", within=30) is not None, within=60)
        until(lambda: slow.answer(plain, "/", within=5) is not None)
        yield plain, secure, certificate


def with_paths_of(folder, plain, secure) -> str:
    """The shipped configuration with the host, the certificate and the paths of this test, on ports of its own."""
    conf = (Path(serving.__file__).parent / "nginx.conf").read_text()
    temporary = "".join(f"    {name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy"))
    for wanted, instead in (
        (r"user www-data;", "user root;" if os.geteuid() == 0 else ""),
        (r"/run/nginx.pid", f"{folder}/nginx.pid"),
        (r"/run/r1540", str(folder)),
        (r"/etc/ssl", str(folder)),
        (r"(listen (?:\[::\]:)?)80 ", rf"\g<1>{plain} "),
        (r"(listen (?:\[::\]:)?)443 ", rf"\g<1>{secure} "),
        (r"http \{\n", f"http {{\n{temporary}"),
    ):
        conf, count = re.subn(wanted, instead, conf)
        assert count, wanted
    return conf


def free_ports(count) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(closing(socket.create_server(("127.0.0.1", 0)))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]


def deployed() -> dict[str, str]:
    """The environment of a deployment on this test's database."""
    given = connection.get_connection_params()
    password = f":{quote(given['password'])}" if given.get("password") else ""
    server = f"{quote(str(given['host']), safe='')}:{given.get('port') or 5432}"
    return os.environ | {
        "DATABASE_URL": f"postgres://{given['user']}{password}@{server}/{given['dbname']}",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": HOST,
        "TRUST_PROXY_HTTPS": "1",
        "TRUSTED_PROXIES": "1",
        "DJANGO_SETTINGS_MODULE": "r1540.settings",
    }


@contextmanager
def running(command, environment):
    with subprocess.Popen(command, cwd=PROJECT, env=environment) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def secured(nginx, speaking=("http/1.1",)) -> ssl.SSLSocket:
    _, port, certificate = nginx
    context = ssl.create_default_context(cafile=certificate)
    context.set_alpn_protocols(list(speaking))
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=60), server_hostname=HOST)


def ask(nginx, method, address, body=None, **headers) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers with small names, and bytes."""
    with closing(http.client.HTTPConnection(HOST)) as browser:
        browser.sock = secured(nginx)
        browser.request(method, address, body, headers)
        answer = browser.getresponse()
        return answer.status, [(name.lower(), value) for name, value in answer.getheaders()], answer.read()


def test_http_leads_to_https(nginx):
    with closing(http.client.HTTPConnection("127.0.0.1", nginx[0])) as browser:
        browser.request("GET", "/states/?region=Africa", headers={"Host": HOST})
        answer = browser.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/states/?region=Africa")


def test_http_2_is_spoken(nginx):
    with secured(nginx, speaking=("h2", "http/1.1")) as one:
        assert one.selected_alpn_protocol() == "h2"
        assert one.version() == "TLSv1.3"


@pytest.mark.parametrize("address", ["/", "/states/?format=json", "/admin/login/", "/nowhere/", "/states/?nonsense=1"])
def test_each_security_header_is_there_once(nginx, address):
    _, headers, _ = ask(nginx, "GET", address)
    names = [name for name, _ in headers]
    assert SECURITY.items() <= dict(headers).items()
    assert names.count("content-security-policy") == 1
    assert [name for name in SECURITY if names.count(name) != 1] == []
    assert dict(headers)["server"] == "nginx"  # and not its version


def test_a_page_comes_packed_and_is_not_sent_again_to_who_has_it(nginx):
    plain = ask(nginx, "GET", "/about/")
    status, headers, body = ask(nginx, "GET", "/about/", **{"Accept-Encoding": "gzip"})
    about = dict(headers)
    assert (status, about["content-encoding"], gzip.decompress(body)) == (200, "gzip", plain[2])
    again, _, nothing = ask(nginx, "GET", "/about/", **{"Accept-Encoding": "gzip", "If-None-Match": about["etag"]})
    assert (again, nothing) == (304, b"")


LIMIT = 50 * 2**20


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 403), (LIMIT + 2 * 2**20, 413)])
def test_an_upload_of_50_mb_comes_through_and_no_larger_one(nginx, size, status):
    """403: Django has read the form, and misses its token."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = head + b"a" * size + b"\r\n--x--\r\n"
    found, headers, _ = ask(nginx, "POST", "/admin/login/", body, **{"Content-Type": "multipart/form-data; boundary=x"})
    assert found == status
    assert ("content-security-policy" in dict(headers)) == (status == 403)


def test_bodies_that_are_sent_slowly_hold_no_worker(nginx):
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000"
    begun = f"POST /admin/login/ HTTP/1.1\r\nHost: {HOST}\r\n{form}\r\n\r\n".encode()
    with ExitStack() as stack:
        held = [stack.enter_context(secured(nginx)) for _ in range(50)]
        for one in held:
            one.sendall(begun)
        for _ in range(3):
            for one in held:
                one.sendall(b"a")
            before = time.monotonic()
            assert ask(nginx, "GET", "/about/")[0] == 200
            assert time.monotonic() - before < 8  # less than nginx waits for the next piece, on a busy machine
            time.sleep(0.5)
