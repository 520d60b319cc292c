"""The WSGI application that the production server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "r1540.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - what follows needs Django set up

from r1540.page_cache import PageCache  # noqa: E402

application = (
    PageCache(django_application, settings.PAGE_CACHE_MB * 2**20) if settings.PAGE_CACHE else django_application
)
