"""What happens to procedures (手続の出来事): names of the events other domains may wait for.

Event object: ("procedure", slug). Refs: pack. Numbers: version. Digests: definition. Never personal data. TAKEN_OVER:
the pack now says what the office had put in force, so the office's files are gone.
"""

PUBLISHED = "procedures.published"
RETIRED = "procedures.retired"
TAKEN_OVER = "procedures.taken_over"
