"""Run in a city of its own: sample residents, cases through the real actions, one signed letter kept in logs/.

Prints what was made, as JSON.
"""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from dokodemo.administration.cases import actions  # noqa: E402
from dokodemo.administration.cases.letters import document_subject  # noqa: E402
from dokodemo.administration.certificates import queries as certificates  # noqa: E402
from dokodemo.city.parties.demo_register import create_demo_register  # noqa: E402
from dokodemo.city.parties.models import Resident  # noqa: E402
from dokodemo.kernel.access import system  # noqa: E402
from dokodemo.kernel.crypto import check_key_ring, ensure_key_ring  # noqa: E402
from dokodemo.kernel.packs import open_pack  # noqa: E402
from tests.domains.administration.cases import building  # noqa: E402

RESIDENTS = 500


def build() -> dict[str, object]:
    """A family, two cases of it with their photographs, one of them decided; and the sample residents."""
    ensure_key_ring()
    call_command("migrate", interactive=False, verbosity=0)
    check_key_ring()
    building.publish()
    create_demo_register(actor=system("test"), pack=open_pack("arao"), residents=RESIDENTS)
    father = building.signed_in(Resident.objects.get(number=_bring_in_family()))
    case = building.decided(building.a_case(father))
    building.a_case(father)
    actions.issue_letter(case_id=case.pk)
    (letter,) = certificates.for_case(father, case.pk)
    opened = certificates.open_document(father, letter.id, case_id=case.pk, subject_id=document_subject(case))
    (settings.DOKODEMO_HOME / "logs").mkdir(exist_ok=True)
    (settings.DOKODEMO_HOME / "logs" / "letter.pdf").write_bytes(opened.content)
    return {
        "residents": Resident.objects.count(),
        "case": str(case.pk),
        "actor": [str(father.account_id), str(father.resident_id)],
    }


def _bring_in_family() -> str:
    members = building.bring_in(
        *(
            building.row(number, 990_001, relation, givenName=name)
            for number, relation, name in (
                (990_001, "世帯主", "伸也"),
                (990_002, "妻", "美咲"),
                (990_003, "子", "陽葵"),
            )
        )
    )
    return members[0].number


if __name__ == "__main__":
    json.dump(build(), sys.stdout)
