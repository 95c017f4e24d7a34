"""`python -m bench.register_city RESIDENTS`: a city's records without a server, in DOKODEMO_HOME (測定用の台帳).

Owns tables, sections, procedures and a made-up register for a measurement. Prints how many people there are, as JSON.
"""

import json
import sys

import django


def main(residents: int) -> int:
    """Make them; how many residents."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from dokodemo.administration.procedures.actions import publish
    from dokodemo.city.organisation.actions import load_sections
    from dokodemo.city.parties.demo_register import create_demo_register
    from dokodemo.kernel.access import system
    from dokodemo.kernel.crypto.keyring import ensure_key_ring
    from dokodemo.kernel.packs import open_pack

    ensure_key_ring()
    call_command("migrate", verbosity=0)
    pack = open_pack(settings.DOKODEMO_PACK)
    load_sections(pack)
    publish(pack, demo=True)
    made = create_demo_register(actor=system("bench"), pack=pack, residents=residents)
    return made.report.created if made is not None else 0


if __name__ == "__main__":
    print(json.dumps({"residents": main(int(sys.argv[1]))}))
