"""Addresses of the office (職員の入口). No personal data is ever part of an address."""

from django.urls import path

from dokodemo.entry.office import (
    acting,
    administering,
    deciding,
    desk,
    home,
    inbox,
    outreach,
    residents,
    reviewing,
    tallying,
    trying,
)

app_name = "office"
urlpatterns = [
    path("", home.home, name="home"),
    path("inbox", inbox.inbox, name="inbox"),
    path("cases/<uuid:case_id>/", reviewing.case, name="case"),
    path("cases/<uuid:case_id>/take", acting.take, name="take"),
    path("cases/<uuid:case_id>/correction", acting.request_correction, name="correction"),
    path("cases/<uuid:case_id>/correction/cancel", acting.cancel_correction, name="cancel_correction"),
    path("cases/<uuid:case_id>/decision", deciding.propose, name="propose"),
    path("cases/<uuid:case_id>/decision/preview", deciding.preview, name="preview"),
    path("cases/<uuid:case_id>/approval", acting.approve, name="approve"),
    path("cases/<uuid:case_id>/return", acting.send_back, name="return"),
    path("cases/<uuid:case_id>/complete", acting.complete, name="complete"),
    path("cases/<uuid:case_id>/fee", acting.fee, name="fee"),
    path("cases/<uuid:case_id>/extend", acting.extend, name="extend"),
    path("cases/<uuid:case_id>/message", acting.message, name="message"),
    path("cases/<uuid:case_id>/note", acting.note, name="note"),
    path("cases/<uuid:case_id>/revoke", acting.revoke, name="revoke"),
    path("cases/<uuid:case_id>/letters/<uuid:document_id>", reviewing.letter, name="letter"),
    path("files/<uuid:attachment_id>", reviewing.attachment, name="attachment"),
    path("tally", tallying.tally, name="tally"),
    path("offers", outreach.offers, name="offers"),
    path("offers/<uuid:judged_id>", outreach.benefit, name="benefit"),
    path("offers/<uuid:judged_id>/what-if", trying.what_if, name="what_if"),
    path("register/waiting", desk.waiting, name="waiting"),
    path("register/sign-ins/<uuid:link_id>", desk.sign_in, name="sign_in"),
    path("register/mandates/<uuid:mandate_id>", desk.mandate, name="mandate"),
    path("register/residents", residents.residents, name="residents"),
    path("register/residents/<uuid:resident_id>", residents.resident, name="resident"),
    path("administration", administering.administration, name="administration"),
]
