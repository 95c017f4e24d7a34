"""What happens to evaluations (効果検証の出来事): references and counts, never words that somebody wrote."""

SUBMITTED = "evaluation.submitted"
ESTIMATED = "evaluation.estimated"
PUBLISHED = "evaluation.published"
EFFORT_KEPT = "evaluation.effort_kept"
EFFORT_WITHDRAWN = "evaluation.effort_withdrawn"
