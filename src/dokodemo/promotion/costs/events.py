"""What happens to costs (費用の出来事). Procedure, year and yen; never the evidence."""

ENTERED = "costs.entered"
