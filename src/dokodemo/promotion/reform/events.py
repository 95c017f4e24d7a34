"""What happens in work reform (業務改革の出来事). Never the words of a record: codes, sections and numbers only."""

TASKS_LOADED = "reform.tasks_loaded"
TASK_ADDED = "reform.task_added"
TASK_CHANGED = "reform.task_changed"
TASKS_IMPORTED = "reform.tasks_imported"
REFORM_RECORDED = "reform.reform_recorded"
SYSTEM_RECORDED = "reform.system_recorded"
