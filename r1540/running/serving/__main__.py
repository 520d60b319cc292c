"""Serves a deployment: .venv/bin/python -m r1540.running.serving unix:/run/r1540/site.sock, or HOST:PORT."""

import argparse

from . import Server

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m r1540.running.serving", description=__doc__)
    parser.add_argument("bind", metavar="unix:PATH or HOST:PORT")
    Server(parser.parse_args().bind).run()
