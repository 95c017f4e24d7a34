"""The WSGI entry of the city hall.

Everything that every worker shares is read once before they are forked: a wrong pack stops the start, not a request.
"""

import gc
from contextlib import suppress

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connections

from dokodemo.entry.server import loading as loading

application = get_wsgi_application()

from dokodemo.administration.procedures.queries import published  # noqa: E402 - as below
from dokodemo.entry.server.context import this_city  # noqa: E402 - models exist only after the set-up above

this_city()
# A database that does not answer yet is for /readyz to tell; a worker that finds it later reads for itself.
with suppress(DatabaseError):
    published()
connections.close_all()
# What lives until the end is shared by all workers as long as nobody writes to it, and the collector would.
gc.collect()
gc.freeze()
