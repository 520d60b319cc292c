"""Every server that is measured: how it is started, and that it is stopped."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import processes

HERE = Path(__file__).resolve().parent
WORKERS = min(max(len(os.sched_getaffinity(0)), 2), 8)
NGINX = """
worker_processes {workers}; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 100000000; types {{ text/html html; }} sendfile on; tcp_nopush on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}; etag off; }}
}}
"""


def application(python: Path, module: str, port: int) -> list:
    """The command that serves a WSGI application: ours and the peers' alike."""
    return [python, HERE / "serve.py", module, str(port)]


def datasette(python: Path, file: Path, port: int) -> list:
    return [python, "-m", "datasette", "serve", file, "--port", str(port)]


def nginx(folder: Path, port: int) -> list | None:
    """The command, or None where there is no nginx."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not program:
        return None
    configuration = folder / "nginx.conf"
    folder.chmod(0o755)
    configuration.write_text(NGINX.format(workers=WORKERS, folder=folder, port=port))
    return [program, "-p", folder, "-c", configuration]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One running server, with all its processes."""

    def __init__(self, name: str, command: list, port: int, environment: dict, cwd: Path, log: Path):
        self.name, self.port, self.log = name, port, log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=file, stderr=file
            )

    def wait(self):
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.name} does not start: see {self.log}")

    def processes(self) -> list[int]:
        return processes.tree(self.process.pid)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
