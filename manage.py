#!/usr/bin/env python3
"""Django's manage.py, and two commands that need nothing but Python 3.11: `up` and `test`."""

import os
import sys

from r1540 import bootstrap


def main():
    bootstrap.enter(sys.argv)  # returns only inside .venv, with all that the command needs
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "r1540.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
