"""The desk: what the admins of both apps share, so that each model says only what is its own.

Facts and sources start unpublished. Publishing is an action with a permission of its own, and whoever lacks it
cannot change what is published. Reference data (States, organizations) is public at once and changed by few.
"""

from django.contrib import admin

from . import people  # noqa: F401
from .base import DeskAdmin
from .facts import FactAdmin
from .filters import RecordedFilter, WhenFilter
from .forms import AutocompleteOfFew, RecordForm

__all__ = ["AutocompleteOfFew", "DeskAdmin", "FactAdmin", "RecordForm", "RecordedFilter", "WhenFilter"]

admin.site.site_header = admin.site.site_title = "The 1540 record"
admin.site.index_title = "The record"
admin.site.empty_value_display = "none recorded"
