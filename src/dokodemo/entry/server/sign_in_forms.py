"""The forms of signing in (ログインの入力): allauth's, with our labels, hints and errors in three languages.

Owns words and the order in which errors are told. Never checks a password or a code itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.exceptions import ValidationError

from dokodemo.entry.server.second_factor import demo_code, mark_used, said
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import furigana_of, language_of


def _shown(key: str) -> str:
    return texts.t(key, language_of(context.request), furigana=furigana_of(context.request))


class InOurWords(forms.Form):
    """Gives fields the words `account.field.<name>`, `….hint` and `….required`; `words` renames a field for that."""

    words: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = texts.catalogue().entries
        for name, field in self.fields.items():
            key = f"account.field.{self.words.get(name, name)}"
            field.widget.attrs.pop("placeholder", None)
            field.help_text = _shown(f"{key}.hint") if f"{key}.hint" in known else ""
            if key in known:
                field.label = _shown(key)
                field.error_messages["required"] = said("account.error.required", field=said(key))
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs.setdefault("class", "input")
        self.use_required_attribute = False

    @property
    def error_list(self) -> list[dict[str, str]]:
        """Every error once, with a link to its field, for the summary."""
        first = next((field.id_for_label for field in self.visible_fields()), "main")
        return [
            {
                "href": f"#{self[name].id_for_label if name in self.fields and not self[name].is_hidden else first}",
                "message": str(message),
            }
            for name, messages in self.errors.items()
            for message in messages
        ]


class SignInForm(InOurWords, account_forms.LoginForm):  # type: ignore[misc]
    """User name and password; which of the two is wrong is not told."""

    def clean(self) -> dict[str, Any]:
        """Put the refusal beside the password, where it is typed again."""
        try:
            super().clean()
        except ValidationError as error:
            self.add_error("password", error)
        return self.cleaned_data


class PasswordAgainForm(InOurWords, account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more before something important."""


class NewPasswordForm(InOurWords, account_forms.ChangePasswordForm):  # type: ignore[misc]
    """Another password of one's own."""

    def add_error(self, field: str | None, error: Any) -> None:
        """Django's words about weak passwords, in ours."""
        super().add_error(field, _reworded(error))


def _reworded(error: Any) -> Any:
    if not isinstance(error, ValidationError):
        return ValidationError(said("account.error.passwords_differ"), code="passwords_differ")
    known = texts.catalogue().entries
    parts = [
        ValidationError(said(f"account.error.{part.code}"), code=part.code)
        if f"account.error.{part.code}" in known and part.code != "required"
        else part
        for part in error.error_list
    ]
    return ValidationError(parts)


class CodeForm(InOurWords, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The code of an app, or a recovery code, after the password."""

    words = {"code": "code_or_recovery"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _for_codes(self)

    def clean_code(self) -> str:
        """allauth's check, and no app code a second time while it would still be accepted."""
        code: str = super().clean_code()
        _once(self.user, self.authenticator, code)
        return code

    @property
    def demo_code(self) -> str | None:
        """What an app would show, in the demonstration only."""
        return demo_code(self.user)


class CodeAgainForm(InOurWords, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The same, before something important."""

    words = {"code": "code_or_recovery"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _for_codes(self)

    def clean_code(self) -> str:
        """allauth's check, and no app code a second time."""
        code: str = super().clean_code()
        _once(self.user, self.authenticator, code)
        return code

    @property
    def demo_code(self) -> str | None:
        """What an app would show, in the demonstration only."""
        return demo_code(self.user)


class SetUpAppForm(InOurWords, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app. The secret stays the same when the page is drawn again, for it may be scanned already."""

    words = {"code": "code_of_app"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        before = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        if before:
            self.secret = session[SECRET_SESSION_KEY] = before
        _for_codes(self)

    def clean_code(self) -> str:
        """allauth's check; the code is used up by it."""
        code: str = super().clean_code()
        mark_used(self.user, code)
        return code

    @property
    def grouped_secret(self) -> str:
        """The secret in groups of four, easier to type."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))

    @property
    def demo_code(self) -> str | None:
        """What an app would show, in the demonstration only."""
        return demo_code(self.user, self.secret)


def _for_codes(form: forms.Form) -> None:
    form.fields["code"].widget.attrs |= {
        "class": "input w7",
        "inputmode": "numeric",
        "autocapitalize": "off",
        "spellcheck": "false",
    }


def _once(user: Any, authenticator: Authenticator, code: str) -> None:
    if authenticator.type == Authenticator.Type.TOTP and not mark_used(user, code):
        raise ValidationError(said("account.error.code_used"), code="code_used")


class AddPasskeyForm(InOurWords, webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey and what to call it."""

    words = {"name": "passkey_name"}


class RenamePasskeyForm(InOurWords, webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    words = {"name": "passkey_name"}


class PasskeyForm(InOurWords, webauthn_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class PasskeyAgainForm(InOurWords, webauthn_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey before something important."""


class PasskeyAloneForm(InOurWords, webauthn_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of user name and password."""
