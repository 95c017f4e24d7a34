"""Writing and changing procedures in the office (手続の編集): the only writes of this domain.

One verb, one transaction, one event. Owns the verbs; the files beside this one hold them by phase.
"""

from dokodemo.administration.authoring.actions.deciding import (
    approve,
    decide_term,
    discard,
    publish_due,
    send_back,
    submit,
)
from dokodemo.administration.authoring.actions.refusals import ChangedMeanwhile, Refused
from dokodemo.administration.authoring.actions.writing import (
    change,
    change_files,
    keep_typed,
    start_from,
    start_from_files,
    start_from_published,
    start_new,
)

__all__ = [
    "ChangedMeanwhile",
    "Refused",
    "approve",
    "change",
    "change_files",
    "decide_term",
    "discard",
    "keep_typed",
    "publish_due",
    "send_back",
    "start_from",
    "start_from_files",
    "start_from_published",
    "start_new",
    "submit",
]
