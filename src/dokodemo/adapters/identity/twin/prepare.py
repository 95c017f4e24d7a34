"""Makes the twin ready (試験用): its tables and the one client that may ask it.

Run as `python -m dokodemo.adapters.identity.twin.prepare`. Never touches the city's database.
"""

import os
from pathlib import Path

import django


def main() -> None:
    """Create or update the database and the client; a second run changes nothing."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "dokodemo.adapters.identity.twin.settings"
    django.setup()
    from allauth.idp.oidc.models import Client
    from django.conf import settings
    from django.core.management import call_command

    from dokodemo.adapters.identity.provider import PROVIDER_ID, SCOPES
    from dokodemo.kernel.secrets import secret

    Path(settings.DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    client = Client.objects.filter(pk="dokodemo").first() or Client(pk="dokodemo", name="どこでも市役所")
    client.set_secret(secret(settings.DOKODEMO_HOME, "twin-client"))
    client.set_scopes(list(SCOPES))
    client.set_redirect_uris([f"{settings.DOKODEMO_BASE_URL}/accounts/oidc/{PROVIDER_ID}/login/callback/"])
    client.skip_consent = True
    client.save()


if __name__ == "__main__":
    main()
