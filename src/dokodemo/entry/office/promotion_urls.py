"""Addresses of the plan's promotion in the office (計画の推進)."""

from django.urls import path

from dokodemo.entry.office import (
    action_form,
    action_plan,
    closing,
    evaluation,
    evaluation_effort,
    evaluation_models,
    improvement,
    improvement_issue,
    improvement_judging,
    meeting,
    national,
    national_file,
    numbers,
    numbers_withdrawal,
    owners,
    owners_handover,
    owners_notices,
    owners_seats,
    reform,
    reform_systems,
    reform_writing,
    reporting,
    service_costs,
    service_numbers,
    surveys,
    surveys_acts,
    surveys_results,
    training,
    training_sections,
    training_sessions,
    training_skills,
    wall,
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
    path("indicators/services", service_numbers.indicators_services, name="indicators_services"),
    path(
        "indicators/services.csv",
        service_numbers.indicators_services_table,
        name="indicators_services_table",
    ),
    path("indicators/services/<slug:slug>/cost", service_costs.indicators_cost, name="indicators_cost"),
    path("indicators/one/<slug:code>/", numbers.indicators_one, name="indicators_one"),
    path(
        "indicators/one/<slug:code>/values/<uuid:value_id>/withdrawal",
        numbers_withdrawal.indicators_withdraw,
        name="indicators_withdraw",
    ),
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
    path("wall", wall.start, name="wall"),
    path("wall/<int:part>", wall.wall, name="wall_part"),
]
CLOSING = [
    path("closing/", closing.closing, name="closing"),
    path("closing/begin", closing.closing_begin, name="closing_begin"),
    path("closing/<uuid:evaluation_id>/act", closing.closing_act, name="closing_act"),
    path("closing/<uuid:evaluation_id>/rows/<uuid:row_id>/", closing.closing_row, name="closing_row"),
    path("closing/plans/<slug:code>/", closing.closing_plan, name="closing_plan"),
    path("closing/plans/<slug:code>/final.pdf", closing.closing_paper, name="closing_paper"),
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
_ISSUE = "improvement/issues/<uuid:issue_id>/"
IMPROVEMENT = [
    path("improvement/", improvement.cycle, name="improvement"),
    path("improvement/findings", improvement_judging.findings, name="improvement_findings"),
    path("improvement/judge", improvement_judging.judge, name="improvement_judge"),
    path("improvement/issues", improvement.issues, name="improvement_issues"),
    path("improvement/issues.csv", improvement.table, name="improvement_table"),
    path(_ISSUE, improvement_issue.issue, name="improvement_issue"),
    path(_ISSUE + "act", improvement_issue.act, name="improvement_act"),
]
_TASK = "reform/tasks/<slug:code>/"
REFORM = [
    path("reform/", reform.reform, name="reform"),
    path("reform/table.csv", reform.table, name="reform_table"),
    path("reform/new", reform_writing.new, name="reform_new"),
    path("reform/upload", reform_writing.upload, name="reform_upload"),
    path(_TASK, reform.task, name="reform_task"),
    path(_TASK + "change", reform_writing.change, name="reform_change"),
    path(_TASK + "record", reform_writing.record, name="reform_record"),
    path(_TASK + "records/<uuid:reform_id>/withdraw", reform_writing.withdraw, name="reform_withdraw"),
    path("reform/results", reform.results, name="reform_results"),
    path("reform/results.csv", reform.results_table, name="reform_results_table"),
    path("reform/systems", reform_systems.systems, name="reform_systems"),
    path("reform/systems.csv", reform_systems.table, name="reform_systems_table"),
    path("reform/systems/<slug:code>/", reform_systems.system, name="reform_system"),
]
_SHEET = "national/<int:year>/"
NATIONAL = [
    path("national/", national.national, name="national"),
    path("national/upload", national_file.national_upload, name="national_upload"),
    path("national/compare", national_file.national_compare, name="national_compare"),
    path("national/compare.csv", national_file.national_compare_csv, name="national_compare_csv"),
    path(_SHEET, national.national_sheet, name="national_sheet"),
    path(_SHEET + "answers.csv", national.national_csv, name="national_csv"),
    path(_SHEET + "answers.xlsx", national.national_xlsx, name="national_xlsx"),
    path(_SHEET + "confirm", national.national_confirm, name="national_confirm"),
    path(_SHEET + "lines/<slug:code>/", national.national_line, name="national_line"),
    path(_SHEET + "lines/<slug:code>/withdraw", national.national_withdraw, name="national_withdraw"),
]
_SESSION = "training/sessions/<uuid:session_id>/"
TRAINING = [
    path("training/", training.training, name="training"),
    path("training/courses/<slug:code>/", training.course, name="training_course"),
    path("training/courses/<slug:code>/quiz", training.quiz, name="training_quiz"),
    path("training/attempts/<uuid:attempt_id>/", training.attempt, name="training_attempt"),
    path("training/sessions", training_sessions.sessions, name="training_sessions"),
    path("training/sessions/new", training_sessions.new, name="training_session_new"),
    path(_SESSION, training_sessions.session, name="training_session"),
    path(_SESSION + "attendance.csv", training_sessions.session_table, name="training_session_table"),
    path(_SESSION + "book", training_sessions.book, name="training_book"),
    path(_SESSION + "leave", training_sessions.leave, name="training_leave"),
    path(_SESSION + "cancel", training_sessions.cancel, name="training_cancel"),
    path(_SESSION + "attendance", training_sessions.attendance, name="training_attendance"),
    path("training/sections", training_sections.sections, name="training_sections"),
    path("training/sections.csv", training_sections.sections_table, name="training_sections_table"),
    path("training/sections/<slug:section>/", training_sections.section, name="training_section"),
    path(
        "training/sections/<slug:section>/people.csv",
        training_sections.section_table,
        name="training_section_table",
    ),
    path("training/overdue", training_sections.overdue, name="training_overdue"),
    path("training/overdue.csv", training_sections.overdue_table, name="training_overdue_table"),
    path("training/drills", training_sections.drills, name="training_drills"),
    path("training/drills.csv", training_sections.drills_form, name="training_drills_form"),
    path("training/skills", training_skills.own, name="training_skills"),
    path("training/skills/<slug:section>/", training_skills.section, name="training_skills_section"),
    path(
        "training/skills/<slug:section>/people.csv",
        training_skills.section_table,
        name="training_skills_section_table",
    ),
    path(
        "training/skills/<slug:section>/people/<uuid:account_id>/",
        training_skills.person,
        name="training_skills_person",
    ),
]
OWNERS = [
    path("owners/", owners.owners, name="owners"),
    path("owners/responsible.csv", owners.owners_table, name="owners_table"),
    path("owners/one/<slug:kind>/<slug:code>/", owners.owners_one, name="owners_one"),
    path("owners/late", owners.owners_late, name="owners_late"),
    path("owners/late.csv", owners.owners_late_table, name="owners_late_table"),
    path("owners/handover", owners_handover.owners_handover, name="owners_handover"),
    path(
        "owners/handover/<uuid:account_id>/", owners_handover.owners_handover_one, name="owners_handover_one"
    ),
    path("owners/seats", owners_seats.owners_seats, name="owners_seats"),
    path("owners/seats.csv", owners_seats.owners_seats_table, name="owners_seats_table"),
    path("owners/seats/history", owners_seats.owners_seats_history, name="owners_seats_history"),
    path("owners/seats/new", owners_seats.owners_seats_new, name="owners_seats_new"),
    path("owners/seats/<uuid:seating_id>/end", owners_seats.owners_seats_end, name="owners_seats_end"),
    path("owners/notices", owners_notices.owners_notices, name="owners_notices"),
    path("owners/notices/read", owners_notices.owners_notices_read, name="owners_notices_read"),
]
_WAVE = "surveys/waves/<uuid:wave_id>/"
SURVEYS = [
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/<slug:code>/plan", surveys.plan, name="surveys_plan"),
    path(_WAVE, surveys.wave, name="surveys_wave"),
    path(_WAVE + "draw", surveys_acts.draw, name="surveys_draw"),
    path(_WAVE + "letters.csv", surveys_acts.mailing_list, name="surveys_list"),
    path(_WAVE + "open", surveys_acts.open_wave, name="surveys_open"),
    path(_WAVE + "code", surveys_acts.renew, name="surveys_code"),
    path(_WAVE + "paper", surveys_acts.paper, name="surveys_paper"),
    path(_WAVE + "close", surveys_acts.close, name="surveys_close"),
    path(_WAVE + "publish", surveys_acts.publish, name="surveys_publish"),
    path(_WAVE + "discard", surveys_acts.discard, name="surveys_discard"),
    path(_WAVE + "results", surveys_results.results, name="surveys_results"),
    path(_WAVE + "words/<slug:question>", surveys_results.words, name="surveys_words"),
    path(_WAVE + "results.csv", surveys_results.table, name="surveys_csv"),
    path(_WAVE + "results.json", surveys_results.numbers, name="surveys_json"),
]
PROMOTION = [
    *ACTIONS,
    *INDICATORS,
    *HEADQUARTERS,
    *IMPROVEMENT,
    *CLOSING,
    *OWNERS,
    *NATIONAL,
    *EVALUATION,
    *SURVEYS,
    *REFORM,
    *TRAINING,
]
