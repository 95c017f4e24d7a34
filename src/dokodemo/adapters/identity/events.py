"""Names of the events of signing in (本人確認の出来事)."""

FACTORS_REMOVED = "identity.factors_removed"
