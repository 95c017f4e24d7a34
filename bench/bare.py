"""The bare form (比較相手): one table, the same boxes on three pages, a session, and a draft saved at each page.

Owns the peer that `bench apply` measures beside the city: as little as Django allows. No prefill, no encryption, no
events, no rules, no languages, no versions.
"""

import os
import secrets

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.bare_settings"

from django.contrib.auth.decorators import login_required
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.forms import ModelForm, modelform_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

application = get_wsgi_application()


def _text() -> "models.CharField[str, str]":
    return models.CharField(max_length=100, blank=True)


class Claim(models.Model):
    """One application, from draft to receipt."""

    owner_id = models.IntegerField(db_index=True)
    number = models.CharField(max_length=20, null=True, unique=True)  # noqa: DJ001 - unique and absent until submitted
    updated_at = models.DateTimeField(auto_now=True)
    family, given, family_kana, given_kana = _text(), _text(), _text(), _text()
    postal_code, prefecture, city, town, block, building = (
        _text(),
        _text(),
        _text(),
        _text(),
        _text(),
        _text(),
    )
    phone = _text()
    is_public_servant = models.BooleanField(choices=[(True, "はい"), (False, "いいえ")], default=False)
    main_earner = models.BooleanField(choices=[(True, "はい"), (False, "いいえ")], default=True)
    child_family, child_given, child_family_kana, child_given_kana = _text(), _text(), _text(), _text()
    child_date_of_birth = models.DateField(null=True)
    child_relation = models.CharField(
        max_length=10, choices=[("child", "子"), ("other", "その他")], default="child"
    )
    child_living_together = models.BooleanField(choices=[(True, "はい"), (False, "いいえ")], default=True)
    child_cared_for = models.BooleanField(choices=[(True, "はい"), (False, "いいえ")], default=True)
    insurance_kind = models.CharField(max_length=20, choices=[("employee", "会社"), ("national", "国保")])
    bank_code, bank_name, branch_code, branch_name = _text(), _text(), _text(), _text()
    account_kind = models.CharField(max_length=10, choices=[("ordinary", "普通"), ("current", "当座")])
    account_number, account_holder = _text(), _text()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        """The receipt number."""
        return self.number or ""


_FIELDS = [field.name for field in Claim._meta.fields][4:]
_PAGES: "list[type[ModelForm[Claim]]]" = [
    modelform_factory(Claim, fields=names) for names in (_FIELDS[:13], _FIELDS[13:21], _FIELDS[21:])
]


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Begin."""
    if request.method == "POST":
        claim = Claim.objects.create(owner_id=request.user.pk)
        return redirect(f"/claim/{claim.pk:07}/0")
    return render(request, "page.html", {"title": "はじめる"})


def _mine(request: HttpRequest, pk: int) -> Claim:
    return get_object_or_404(Claim, pk=pk, owner_id=request.user.pk)


@login_required
def page(request: HttpRequest, pk: int, index: int) -> HttpResponse:
    """One page of boxes, saved when it is left."""
    claim = _mine(request, pk)
    if index >= len(_PAGES):
        raise Http404
    form = _PAGES[index](request.POST or None, instance=claim)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect(f"/claim/{pk:07}/{index + 1}" if index + 1 < len(_PAGES) else f"/claim/{pk:07}/check")
    return render(request, "page.html", {"title": "申請", "form": form}, status=422 if form.errors else 200)


@login_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything once more, then the receipt."""
    claim = _mine(request, pk)
    if request.method == "POST":
        claim.number = claim.number or secrets.token_hex(8)
        claim.save(update_fields=["number", "updated_at"])
        return redirect(f"/claim/{pk:07}/received")
    rows = [(name, getattr(claim, name)) for name in _FIELDS]
    return render(request, "page.html", {"title": "確認", "rows": rows})


@login_required
def received(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt."""
    return render(request, "page.html", {"title": "受付", "number": _mine(request, pk).number})


def alive(request: HttpRequest) -> HttpResponse:
    """Whether it answers."""
    return HttpResponse("ok")


urlpatterns = [
    path("alive", alive),
    path("start", start),
    path("claim/<int:pk>/<int:index>", page),
    path("claim/<int:pk>/check", check),
    path("claim/<int:pk>/received", received),
]
