"""What happens to the national answers (国の調査への回答の出来事). Never the words of an answer: codes and numbers only."""

ANSWERED = "national.answered"
CONFIRMED = "national.sheet_confirmed"
IMPORTED = "national.file_imported"
