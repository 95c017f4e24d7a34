"""Tables and signed-in users of the bare form: `python -m bench.bare_tables NUMBER`, cookies as JSON.

Owns the peer's preparation. Never part of what is measured.
"""

import json
import sys

from bench.bare import Claim


def main(number: int) -> list[dict[str, str]]:
    """Create the tables and that many users with sessions."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Claim)
    users = []
    for place in range(number):
        user = User(username=f"user-{place}")
        user.set_unusable_password()
        user.save()
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        users.append({"sessionid": session.session_key or ""})
    return users


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1])), sys.stdout)
