"""The WSGI entry of the city hall.

Everything that every worker shares is read once before they are forked: a wrong text stops the start, not a request.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokodemo.entry.server.settings")
application = get_wsgi_application()

from dokodemo.entry.server.context import this_city  # noqa: E402 - models exist only after the set-up above
from dokodemo.kernel.ui.texts import catalogue  # noqa: E402

catalogue()
this_city()
