"""What happens to procedures (手続の出来事): names of the events other domains may wait for.

Event object: ("procedure", slug). Refs: pack. Numbers: version. Digests: definition. Never personal data.
"""

PUBLISHED = "procedures.published"
RETIRED = "procedures.retired"
