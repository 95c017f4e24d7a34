"""The WSGI entry of the city hall."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokodemo.entry.server.settings")
application = get_wsgi_application()
