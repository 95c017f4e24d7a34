"""What happens to surveys (市民アンケートの出来事). Never a person, a code, an answer or a stratum.

Every event is about a wave, or about a night's erasing (survey_answers, day): that an answer came says nothing of whose
it was or what it said.
"""

PLANNED = "surveys.planned"
COUNTED = "surveys.counted"
NOBODY = "surveys.nobody_to_ask"
DRAW_ASKED = "surveys.draw_asked"
DRAWN = "surveys.drawn"
LISTED = "surveys.listed"
MAILED = "surveys.mailed"
OPENED = "surveys.opened"
CODE_RENEWED = "surveys.code_renewed"
ANSWERED = "surveys.answered"
CLOSED = "surveys.closed"
PUBLISHED = "surveys.published"
ERASED = "surveys.erased"
DISCARDED = "surveys.discarded"
OBJECT = "survey_wave"
