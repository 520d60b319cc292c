"""The site's own settings as they are without DATABASE_URL (no HTTPS, same middleware), on the benchmark's database."""

import os

from r1540.settings import *  # noqa: F403
from r1540.settings import DATABASES

DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": os.environ["READERS_DATABASE"],
    "HOST": os.environ["READERS_SOCKET"],
    "PORT": "5432",
    "USER": "r1540",
}
STATIC_ROOT = os.environ["READERS_STATIC"]
