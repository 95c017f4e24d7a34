"""Background jobs of cases (非同期処理): one line each."""

from uuid import UUID

from dokodemo.kernel.jobs import job


@job
def issue_letter(case_id: str) -> None:
    """Make the letter of one closed case."""
    from dokodemo.administration.cases import actions

    actions.issue_letter(case_id=UUID(case_id))


@job
def issue_extension_notice(case_id: str) -> None:
    """Make the notice of one case whose limit was extended."""
    from dokodemo.administration.cases import actions

    actions.issue_extension_notice(case_id=UUID(case_id))


@job
def sweep_files() -> None:
    """Delete files that belong to nothing."""
    from dokodemo.administration.cases import actions
    from dokodemo.kernel.access import system

    actions.sweep_files(actor=system("cases"))
