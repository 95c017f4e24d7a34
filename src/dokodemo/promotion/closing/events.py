"""What happens to a final evaluation before the plan is closed (最終評価の出来事). Codes and numbers; never what was written."""

PREPARED = "closing.prepared"
ROW_KEPT = "closing.row_kept"
SUMMARY_KEPT = "closing.summary_kept"
READ_AGAIN = "closing.read_again"
PAPER_MADE = "closing.paper_made"
