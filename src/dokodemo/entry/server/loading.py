"""What the web server loads that is the same for every city (先読み): code, addresses and fixed texts.

It takes seconds, so `dokodemo up` has it done while the city is prepared. Never opens the database and never looks at
static files, which are being made ready meanwhile. A wrong text stops the start, not a request.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokodemo.entry.server.settings")
django.setup()

from django.urls import get_resolver, reverse  # noqa: E402 - models exist only after the set-up above

from dokodemo.kernel.ui.texts import catalogue  # noqa: E402

catalogue()
get_resolver().check()
reverse("alive")
