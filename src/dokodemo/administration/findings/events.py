"""What happens to findings (探された言葉の出来事). Never words, never who searched: counting a search is no event.

`TOLD` is about the day, not about the words: the log says at what time something was done, and the two must not meet.
"""

TOLD = "findings.told"
ANSWERED = "findings.answered"
REOPENED = "findings.reopened"
SWEPT = "findings.swept"
