"""All writes of residents, mandates and sign-ins (住民・代理・サインインの変更).

Each action is one transaction and one event. Never deletes: what was known before is kept as a version.
"""

from dokodemo.city.parties.actions.importing import ImportReport, import_register
from dokodemo.city.parties.actions.mandates import (
    MandateRefused,
    confirm_mandate,
    refuse_mandate,
    request_mandate,
    revoke_mandate,
)
from dokodemo.city.parties.actions.residents import (
    ProtectionRefused,
    assert_contact,
    correct_resident,
    end_protection,
    protect_resident,
    renew_protection,
)
from dokodemo.city.parties.actions.sign_ins import (
    confirm_sign_in,
    link_sign_in,
    refuse_sign_in,
    reopen_sign_in,
    unlink,
)

__all__ = [
    "ImportReport",
    "MandateRefused",
    "ProtectionRefused",
    "assert_contact",
    "confirm_mandate",
    "confirm_sign_in",
    "correct_resident",
    "end_protection",
    "import_register",
    "link_sign_in",
    "protect_resident",
    "refuse_mandate",
    "refuse_sign_in",
    "renew_protection",
    "reopen_sign_in",
    "request_mandate",
    "revoke_mandate",
    "unlink",
]
