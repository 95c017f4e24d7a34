"""Names of the events of residents and those who act for them (住民・代理の出来事)."""

REGISTER_IMPORTED = "parties.register_imported"
RESIDENT_CORRECTED = "parties.resident_corrected"
CONTACT_ASSERTED = "parties.contact_asserted"
PROTECTION_STARTED = "parties.protection_started"
PROTECTION_RENEWED = "parties.protection_renewed"
PROTECTION_ENDED = "parties.protection_ended"

FACTS_RELEASED = "parties.facts_released"
RESIDENT_VIEWED = "parties.resident_viewed"
RESIDENT_COMPARED = "parties.resident_compared"
RESIDENTS_SEARCHED = "parties.residents_searched"
SIGN_IN_VIEWED = "parties.sign_in_viewed"
FACTS_CERTIFIED = "parties.facts_certified"

SIGN_IN_LINKED = "parties.sign_in_linked"
SIGN_IN_AWAITING = "parties.sign_in_awaiting"
SIGN_IN_REFUSED = "parties.sign_in_refused"
SIGN_IN_REOPENED = "parties.sign_in_reopened"
SIGN_IN_UNLINKED = "parties.sign_in_unlinked"

MANDATE_REQUESTED = "parties.mandate_requested"
MANDATE_CONFIRMED = "parties.mandate_confirmed"
MANDATE_REFUSED = "parties.mandate_refused"
MANDATE_REVOKED = "parties.mandate_revoked"

# What a person sees on the page "who looked at my data" (自分の情報を見た人).
LOOKS = (FACTS_RELEASED, RESIDENT_VIEWED, RESIDENT_COMPARED, SIGN_IN_VIEWED, FACTS_CERTIFIED)
