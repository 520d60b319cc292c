"""The site's settings, with pages beside its own that are written as the libraries come."""

from site_settings import *  # noqa: F403
from site_settings import INSTALLED_APPS as OF_THE_SITE

INSTALLED_APPS = [*OF_THE_SITE, "django_tables2", "peers"]
ROOT_URLCONF = "peers.urls"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
