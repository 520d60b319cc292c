"""The history of people and roles, which are Django's own models.

Django tells only an app with this module when migrations begin and end, and public.py and history.py must know.
"""

from django.contrib.auth.models import Group, User

from r1540.history import tracked

tracked(User, app="r1540")
tracked(Group, app="r1540")
