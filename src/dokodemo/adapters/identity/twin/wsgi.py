"""The WSGI entry of the sign-in twin."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "dokodemo.adapters.identity.twin.settings"
application = get_wsgi_application()
