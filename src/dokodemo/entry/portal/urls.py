"""Addresses of the portal (市民の入口). No personal data is ever part of an address."""

from django.urls import path

from dokodemo.entry.portal import (
    about,
    applying,
    finding,
    following,
    handing_in,
    myself,
    offers,
    planning,
    signing_in,
    verifying,
)

app_name = "portal"
urlpatterns = [
    path("", finding.home, name="home"),
    path("search", finding.search, name="search"),
    path("procedures/", finding.all_procedures, name="procedures"),
    path("procedures/<slug:slug>/", finding.procedure, name="procedure"),
    path("procedures/<slug:slug>/apply", applying.start, name="start"),
    path("apply/<uuid:draft_id>/", applying.resume, name="resume"),
    path("apply/<uuid:draft_id>/<int:index>", applying.page, name="page"),
    path("apply/<uuid:draft_id>/check", handing_in.check, name="check"),
    path("apply/<uuid:draft_id>/discard", handing_in.discard, name="discard"),
    path("my/", following.my, name="my"),
    path("my/cases/<uuid:case_id>/", following.case, name="case"),
    path("my/cases/<uuid:case_id>/received", following.received, name="received"),
    path("my/cases/<uuid:case_id>/message", following.message, name="message"),
    path("my/cases/<uuid:case_id>/correct", following.correct, name="correct"),
    path("my/cases/<uuid:case_id>/withdraw", following.withdraw, name="withdraw"),
    path("my/cases/<uuid:case_id>/satisfaction", following.satisfaction, name="satisfaction"),
    path("my/cases/<uuid:case_id>/letters/<uuid:document_id>", following.letter, name="letter"),
    path("my/files/<uuid:attachment_id>", following.attachment, name="attachment"),
    path("my/data", myself.data, name="data"),
    path("my/offers/<uuid:offer_id>/open", offers.open_offer, name="open_offer"),
    path("my/offers/<uuid:offer_id>/decline", offers.decline, name="decline_offer"),
    path("my/offers/wish", offers.wish, name="offers_wish"),
    path("my/people", myself.people, name="people"),
    path("my/people/<uuid:mandate_id>/end", myself.end_mandate, name="end_mandate"),
    path("my/unlink", myself.unlink, name="unlink"),
    path("sign-in", signing_in.sign_in, name="sign_in"),
    path("verify", verifying.verify, name="verify"),
    path("plan", planning.plan, name="plan"),
    path("plan/numbers.json", planning.numbers, name="plan_numbers"),
    path("accessibility", about.accessibility, name="accessibility"),
    path("privacy", about.privacy, name="privacy"),
]
