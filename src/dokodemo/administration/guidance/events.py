"""The verbs of the guide in the event log (案内の記録). They never say which life event a list belongs to."""

LIST_SAVED = "guidance.list_saved"
LIST_DELETED = "guidance.list_deleted"
OBJECT = "saved_list"
