"""Settings of the bare form: what `django-admin startproject` gives, on the city's server type and database.

Owns the peer's settings. Our SQLite backend is used too, so that both acknowledge only what is on the disk.
"""

import os
from pathlib import Path

import dj_database_url

SECRET_KEY = "bare"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bench.bare"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "bare_templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
_URL = os.environ.get("BARE_DATABASE_URL", "")
DATABASES = {
    "default": dj_database_url.parse(_URL, conn_max_age=60, conn_health_checks=True)
    if _URL
    else {
        "ENGINE": "dokodemo.kernel.sqlite",
        "NAME": str(Path(os.environ.get("BARE_HOME", ".")) / "bare.sqlite3"),
        "CONN_MAX_AGE": 600,
    }
}
if _URL:
    DATABASES["default"]["OPTIONS"] = {"server_side_binding": True}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
LANGUAGE_CODE = "ja"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
