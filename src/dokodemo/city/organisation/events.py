"""Names of the events of the organisation (組織の出来事)."""

SECTIONS_LOADED = "organisation.sections_loaded"
APPOINTED = "organisation.appointed"
APPOINTMENT_ENDED = "organisation.appointment_ended"
STAFF_CREATED = "organisation.staff_created"
PASSWORD_RENEWED = "organisation.password_renewed"  # noqa: S105 - the name of an event
