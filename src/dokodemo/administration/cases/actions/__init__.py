"""Every write of the domain (申請・審査の操作): one verb, one transaction, one event.

Owns the verbs; the files beside this one hold them by phase. Never renders and never decides who may see.
"""

from dokodemo.administration.cases.actions.carrying import carry_over, write_apart
from dokodemo.administration.cases.actions.conversation import (
    give_satisfaction,
    read_messages,
    send_message,
    write_note,
)
from dokodemo.administration.cases.actions.decision import (
    approve_proposal,
    complete_notification,
    issue_letter,
    propose_decision,
    return_proposal,
)
from dokodemo.administration.cases.actions.drafts import (
    attach,
    discard_draft,
    remove_attachment,
    save_page,
    start_draft,
    sweep_files,
)
from dokodemo.administration.cases.actions.extending import extend_limit, issue_extension_notice
from dokodemo.administration.cases.actions.identity import attach_person
from dokodemo.administration.cases.actions.outreach import open_offer, send_offers
from dokodemo.administration.cases.actions.rebasing import rebase_drafts
from dokodemo.administration.cases.actions.review import (
    begin_review,
    cancel_correction,
    receive_fee,
    request_correction,
    return_fee,
    take,
    tally_paper,
)
from dokodemo.administration.cases.actions.steps import record_step
from dokodemo.administration.cases.actions.submission import begin_correction, submit, withdraw
from dokodemo.administration.cases.actions.together import start_together, submit_together, take_out

__all__ = [
    "approve_proposal",
    "attach",
    "attach_person",
    "begin_correction",
    "begin_review",
    "cancel_correction",
    "carry_over",
    "complete_notification",
    "discard_draft",
    "extend_limit",
    "give_satisfaction",
    "issue_extension_notice",
    "issue_letter",
    "open_offer",
    "propose_decision",
    "read_messages",
    "rebase_drafts",
    "receive_fee",
    "record_step",
    "remove_attachment",
    "request_correction",
    "return_fee",
    "return_proposal",
    "save_page",
    "send_message",
    "send_offers",
    "start_draft",
    "start_together",
    "submit",
    "submit_together",
    "sweep_files",
    "take",
    "take_out",
    "tally_paper",
    "withdraw",
    "write_apart",
    "write_note",
]
