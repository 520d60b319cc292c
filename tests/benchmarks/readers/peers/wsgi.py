"""Django's own WSGI application, with nothing in front of it."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
