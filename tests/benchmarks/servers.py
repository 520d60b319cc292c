"""The web servers side by side: granian as the site runs it, the same behind nginx, and gunicorn.

    .venv/bin/python tests/benchmarks/servers.py [ROUNDS]

It needs Debian's wrk, and a local site that `manage.py up` has made, which it serves on ports of this machine and only
reads. nginx and gunicorn are left out where they are not installed (gunicorn: pip install gunicorn==27.0.1 into an
environment of its own, with requirements/run.txt, and run this with that). Servers take turns in each round, in another
order. CPU a request is the fair column on a machine that others use: microseconds of all processes of a server, without
PostgreSQL, from /proc.
"""

import importlib.util
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "benchmarks")]
os.environ["DJANGO_SETTINGS_MODULE"] = "r1540.settings"
SECONDS = 4
FIRST_PORT = 8770
TICKS = os.sysconf("SC_CLK_TCK")
GUNICORN = ["-m", "gunicorn", "--no-control-socket", "--preload", "--workers", "2", "--threads", "4"]
BODY = b"x" * 10_000


def constant(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))])
    return [BODY]


def serve_constant(bind: str) -> None:
    """The constant application in the place of the site."""
    from r1540.running import serving

    serving.application = lambda: constant
    serving.Server(bind).run()


# Servers, as commands


def nginx_before(socket: str, port: int, folder: str) -> list[str]:
    """nginx with the site's own file, but on a port of this machine, without HTTPS."""
    conf = (PROJECT / "r1540" / "serving" / "nginx.conf").read_text()
    plain = (
        conf.split("    server {\n        listen 80")[0]
        + "    server {\n"
        + conf.split("server_name record.example.org;")[1]
    )
    for wanted, instead in (
        (r".*ssl_.*\n", ""),
        (r"unix:[^; ]*", f"unix:{socket}"),
        (r"pid [^;]*", f"pid {folder}/nginx.pid"),
        (r"user www-data;", "user root;" if os.geteuid() == 0 else ""),
        (r"    server \{\n", f"    server {{\n        listen 127.0.0.1:{port};\n"),
        (r"X-Forwarded-Proto \$scheme", "X-Forwarded-Proto http"),
    ):
        plain = re.sub(wanted, instead, plain)
    path = Path(folder) / f"nginx-{port}.conf"
    path.write_text(plain)
    return ["nginx", "-e", f"{folder}/error.log", "-c", str(path), "-g", "daemon off;"]


def commands(kind: str, folder: str, port: int) -> dict[str, list[list[str]]]:
    """The processes of each server; the last one answers at the port after the one of the server before it."""
    is_constant = kind == "constant"
    granian = (
        [sys.executable, __file__, "--constant"] if is_constant else [sys.executable, "-m", "r1540.running.serving"]
    )
    found = {"granian": [[*granian, f"127.0.0.1:{port}"]]}
    if shutil.which("nginx"):
        socket = f"{folder}/{kind}.sock"
        found["granian behind nginx"] = [[*granian, f"unix:{socket}"], nginx_before(socket, port + 1, folder)]
    if importlib.util.find_spec("gunicorn"):
        place = ["--pythonpath", str(Path(__file__).parent), "servers:constant"] if is_constant else ["r1540.wsgi"]
        found["gunicorn"] = [[sys.executable, *GUNICORN, "-b", f"127.0.0.1:{port + 2}", *place]]
    return found


def port_of(name: str, port: int) -> int:
    return port + ["granian", "granian behind nginx", "gunicorn"].index(name)


@contextmanager
def running(processes: list[list[str]], port: int):
    """The processes of a server, and the seconds until it answered; stopped afterwards."""
    from tests.running.slow import answer

    with ExitStack() as stack:
        begun, started = time.perf_counter(), []
        for command in processes:
            process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            started.append(process)
        while answer(port, "/about/", within=5) is None:
            if time.perf_counter() - begun > 60:
                raise SystemExit(f"{processes[-1]} does not answer.")
            time.sleep(0.02)
        yield started, time.perf_counter() - begun


# What the kernel knows of them


def family(pid: int) -> list[int]:
    """A process and those under it, without PostgreSQL."""
    if b"embedded" in Path(f"/proc/{pid}/cmdline").read_bytes():
        return []
    children = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [pid, *(one for child in children.split() for one in family(int(child)))]


def cpu(processes) -> float:
    """Seconds that the processes of a server have used."""
    pids = [pid for process in processes for pid in family(process.pid)]
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(word) for one in fields for word in one[11:13]) / TICKS


def memory(processes) -> float:
    """MB of a server, what processes share counted once (PSS)."""
    pids = [pid for process in processes for pid in family(process.pid)]
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    return sum(int(re.search(r"^Pss: +(\d+)", text, re.MULTILINE)[1]) for text in texts) / 1024


# The measurements


def load(processes, port: int, path: str) -> tuple[float, float, float]:
    """Requests/s, p99 in ms and microseconds of CPU a request, of 64 readers with kept connections."""
    before = cpu(processes)
    wrk = ["wrk", "-t1", "-c64", f"-d{SECONDS}s", "--latency", f"http://127.0.0.1:{port}{path}"]
    said = subprocess.run(wrk, stdout=subprocess.PIPE, text=True, check=True).stdout
    if bad := re.search(r"Non-2xx.*|Socket errors.*", said):
        print(f"    {port}{path}: {bad[0]}")
    count = int(re.search(r"(\d+) requests in", said)[1])
    number, unit = re.search(r"99% +([\d.]+)(us|ms|s)", said).groups()
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    return count / SECONDS, p99, 1e6 * (cpu(processes) - before) / max(count, 1)


def throughput(kind: str, path: str, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)
        port, servers = FIRST_PORT + 10 * (kind == "constant"), {}
        for name, processes in commands(kind, folder, port).items():
            servers[name] = stack.enter_context(running(processes, port_of(name, port)))
        found = {name: [] for name in servers}
        for _ in range(rounds):
            for name in random.sample(list(servers), len(servers)):
                found[name].append(load(servers[name][0], port_of(name, port), path))
        for name, results in found.items():
            rate, p99, used = (median(column) for column in zip(*results, strict=True))
            said = f"  {name:22} {rate:8,.0f} requests/s, p99 {p99:7.1f} ms, {used:7,.0f} µs of CPU a request"
            print(f"{said}; ready after {servers[name][1]:.1f} s, {memory(servers[name][0]):.0f} MB")


def held_and_restarted() -> None:
    from tests.running import slow

    manifest = json.loads((PROJECT / "var" / "static" / "staticfiles.json").read_text())
    large = f"/static/{manifest['paths']['screenshot.png']}".encode()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for name, processes in commands("site", folder, FIRST_PORT).items():
            port = port_of(name, FIRST_PORT)
            with running(processes, port) as (started, _):
                for way in slow.WAYS:
                    with slow.holding(port, way, 1000, large):
                        print(f"  {name:22} 1,000 {way:16} {slow.readers_wait(port, SECONDS)}")
                with slow.counting(port, seconds=5 * SECONDS) as result:
                    for _ in range(2):
                        time.sleep(2 * SECONDS)
                        started[0].send_signal(signal.SIGHUP)
                print(f"  {name:22} two restarts under load: {result}")


def main(rounds: int) -> None:
    from tests.running.slow import see_every_page

    if not shutil.which("wrk"):
        raise SystemExit("apt-get install wrk")
    print(f"A constant WSGI application, {len(BODY):,} bytes")
    throughput("constant", "/about/", rounds)
    print("The page /about/ of the site")
    throughput("site", "/about/", rounds)
    print("What an ordinary reader of /about/ waits while others are slow; restarts")
    held_and_restarted()
    print("Memory after all public pages and the sign-in of the desk")
    with tempfile.TemporaryDirectory() as folder:
        for name, processes in commands("site", folder, FIRST_PORT).items():
            with running(processes, port_of(name, FIRST_PORT)) as (started, _):
                count = see_every_page(port_of(name, FIRST_PORT))
                print(f"  {name:22} {memory(started):.0f} MB after {count} pages")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--constant"]:
        serve_constant(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
