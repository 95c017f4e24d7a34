"""Run in a restored city: what only its keys open, its files, and whether the letter given is genuine. Prints JSON.

python -m tests.contracts.read_city ACCOUNT RESIDENT CASE LETTER.pdf
"""

import json
import sys
from pathlib import Path
from uuid import UUID

import django

django.setup()

from dokodemo.administration.cases import queries  # noqa: E402
from dokodemo.administration.cases.letters import document_subject  # noqa: E402
from dokodemo.administration.certificates import queries as certificates  # noqa: E402
from dokodemo.city.parties.models import Resident  # noqa: E402
from dokodemo.kernel.access import Actor  # noqa: E402


def read(account: str, resident: str, case_id: str, letter: str) -> dict[str, object]:
    """What a resident of this city would see again."""
    actor = Actor(kind="resident", account_id=UUID(account), resident_id=UUID(resident))
    case = queries.get_case(actor, UUID(case_id))
    (issued,) = certificates.for_case(actor, case.pk)
    served = certificates.open_document(actor, issued.id, case_id=case.pk, subject_id=document_subject(case))
    return {
        "residents": Resident.objects.count(),
        "family_name": Resident.objects.get(pk=actor.resident_id).facts["full_name"]["value"]["family"],
        "state": case.state,
        "attachments": [
            queries.content_of(one)[:2].hex() for one in case.attachments.filter(removed_at__isnull=True)
        ],
        "letter": certificates.verify_upload(Path(letter).read_bytes()).status,
        "served": served.content == Path(letter).read_bytes(),
    }


if __name__ == "__main__":
    json.dump(read(*sys.argv[1:]), sys.stdout)
