"""What happens to proposals (起案の出来事): names of the events other domains may wait for.

Event object: ("proposal", id). Refs: procedure, and for terms the term's name. Digests: files. Never a text of the
proposal and never personal data.
"""

STARTED = "authoring.started"
CHANGED = "authoring.changed"
SUBMITTED = "authoring.submitted"
RETURNED = "authoring.returned"
APPROVED = "authoring.approved"
PUBLISHED = "authoring.published"
REFUSED = "authoring.publishing_refused"
DISCARDED = "authoring.discarded"
TERM_DECIDED = "authoring.term_decided"
