"""Addresses of the plan's promotion in the office (計画の推進)."""

from django.urls import path

from dokodemo.entry.office import (
    action_form,
    action_plan,
    evaluation,
    evaluation_effort,
    evaluation_models,
    meeting,
    numbers,
    reporting,
)

_DRAFT = "actions/drafts/<uuid:draft_id>/"
ACTIONS = [
    path("actions/", action_plan.actions_in_force, name="actions"),
    path("actions/begin", action_plan.actions_begin, name="actions_begin"),
    path("actions/versions/<uuid:version_id>/", action_plan.actions_version, name="actions_version"),
    path(
        "actions/versions/<uuid:version_id>/difference",
        action_plan.actions_version_difference,
        name="actions_version_difference",
    ),
    path(
        "actions/versions/<uuid:version_id>/actions.yaml", action_plan.actions_export, name="actions_export"
    ),
    path(_DRAFT, action_plan.actions_draft, name="actions_draft"),
    path(_DRAFT + "act", action_plan.actions_act, name="actions_act"),
    path(_DRAFT + "difference", action_plan.actions_draft_difference, name="actions_draft_difference"),
    path(_DRAFT + "new", action_form.actions_new, name="actions_new"),
    path(_DRAFT + "action/<slug:code>/", action_form.actions_edit, name="actions_edit"),
    path(_DRAFT + "remarks/<uuid:remark_id>/settle", action_plan.actions_settle, name="actions_settle"),
]
INDICATORS = [
    path("indicators/", numbers.indicators, name="indicators"),
    path("indicators/upload", numbers.indicators_upload, name="indicators_upload"),
    path("indicators/observations.csv", numbers.indicators_table, name="indicators_table"),
    path("indicators/one/<slug:code>/", numbers.indicators_one, name="indicators_one"),
]
HEADQUARTERS = [
    path("reports/", reporting.reports, name="reports"),
    path("reports/<slug:quarter>/<slug:code>/", reporting.reports_one, name="reports_one"),
    path("meetings/", meeting.meetings, name="meetings"),
    path("meetings/new", meeting.meetings_new, name="meetings_new"),
    path("meetings/follow-ups/<uuid:follow_up_id>/", meeting.meetings_follow_up, name="meetings_follow_up"),
    path("meetings/<uuid:meeting_id>/", meeting.meetings_one, name="meetings_one"),
    path("meetings/<uuid:meeting_id>/act", meeting.meetings_act, name="meetings_act"),
    path(
        "meetings/<uuid:meeting_id>/packet.pdf",
        meeting.meetings_packet,
        {"kind": "pdf"},
        name="meetings_packet",
    ),
    path(
        "meetings/<uuid:meeting_id>/packet.zip",
        meeting.meetings_packet,
        {"kind": "zip"},
        name="meetings_papers",
    ),
]
EVALUATION = [
    path("evaluation/", evaluation.evaluations, name="evaluation"),
    path("evaluation/new", evaluation.new, name="evaluation_new"),
    path("evaluation/logic-models", evaluation_models.models, name="evaluation_models"),
    path("evaluation/effort", evaluation_effort.effort, name="evaluation_effort"),
    path("evaluation/effort/new", evaluation_effort.new, name="evaluation_effort_new"),
    path(
        "evaluation/effort/<uuid:record_id>/withdrawal",
        evaluation_effort.withdraw,
        name="evaluation_effort_withdraw",
    ),
    path("evaluation/<uuid:evaluation_id>/", evaluation.one, name="evaluation_one"),
    path("evaluation/<uuid:evaluation_id>/final", evaluation.publish, name="evaluation_publish"),
    path("evaluation/<uuid:evaluation_id>/months.csv", evaluation.table, name="evaluation_table"),
    path("evaluation/<uuid:evaluation_id>/result.json", evaluation.as_json, name="evaluation_json"),
]
PROMOTION = [*ACTIONS, *INDICATORS, *HEADQUARTERS, *EVALUATION]
