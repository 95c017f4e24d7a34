"""Settings of the sign-in twin 見本マイナ (試験用): its own process, database and cookies.

Owns a local OpenID Connect provider for demonstrations and tests. Never runs beside real residents.
"""

import os
from pathlib import Path

from django.utils.csp import CSP

from dokodemo.adapters.identity.twin.keys import signing_key
from dokodemo.kernel.secrets import secret

HERE = Path(__file__).resolve().parent
DOKODEMO_HOME = Path(os.environ.get("DOKODEMO_HOME") or HERE.parents[4] / "var").resolve()
DOKODEMO_BASE_URL = os.environ.get(
    "DOKODEMO_BASE_URL", f"http://localhost:{os.environ.get('DOKODEMO_PORT', '8000')}"
).rstrip("/")

DEBUG = False
SECRET_KEY = secret(DOKODEMO_HOME, "twin-django")
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "dokodemo.adapters.identity.twin.urls"
WSGI_APPLICATION = "dokodemo.adapters.identity.twin.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dokodemo.adapters.identity.twin.lifting.LiftCardMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DOKODEMO_HOME / "db" / "twin.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"},
    }
}
# Grants live in the cache: the twin is one process, so this one is shared by all its threads.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "/cards/"
SESSION_COOKIE_NAME = "mihon_myna_session"
CSRF_COOKIE_NAME = "mihon_myna_csrf"
SESSION_COOKIE_AGE = 600
LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
IDP_OIDC_ADAPTER = "dokodemo.adapters.identity.twin.claims.TwinAdapter"
IDP_OIDC_PRIVATE_KEY = signing_key(DOKODEMO_HOME)
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "form-action": [CSP.SELF, DOKODEMO_BASE_URL],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
