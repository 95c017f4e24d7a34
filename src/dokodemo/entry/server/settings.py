"""Settings of the city hall (設定), read from the environment with defaults that need no other service.

Owns every Django setting. Never holds a secret: keys live in `DOKODEMO_HOME/keys`, created at first start.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from dokodemo.adapters.identity.provider import provider
from dokodemo.adapters.mail.settings import relay
from dokodemo.entry.server import variables
from dokodemo.entry.server.safety import refusal
from dokodemo.kernel.secrets import secret

PACKAGE = Path(__file__).resolve().parents[2]
PROJECT = PACKAGE.parents[1]
DOKODEMO_HOME = Path(os.environ.get("DOKODEMO_HOME") or PROJECT / "var").resolve()
DOKODEMO_PACK = variables.pack("DOKODEMO_PACK", "arao")
DOKODEMO_ROLE = os.environ.get("DOKODEMO_ROLE", "all")
DOKODEMO_DEMO = variables.flag("DOKODEMO_DEMO", True)
DOKODEMO_TODAY = variables.day("DOKODEMO_TODAY")
DOKODEMO_PORT = variables.port("DOKODEMO_PORT", 8000)
DOKODEMO_TWIN_PORT = variables.port("DOKODEMO_TWIN_PORT", DOKODEMO_PORT + 1)
DOKODEMO_BASE_URL = variables.address("DOKODEMO_BASE_URL", f"http://localhost:{DOKODEMO_PORT}")
try:
    CITIZEN_PROVIDER = provider(DOKODEMO_HOME, twin_port=DOKODEMO_TWIN_PORT)
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None
except OSError as error:
    raise ImproperlyConfigured(
        f"DOKODEMO_HOME={str(DOKODEMO_HOME)!r} cannot be written ({error.strerror}). Name a folder that this user owns."
    ) from None
if DOKODEMO_ROLE not in {"portal", "office", "all"}:
    raise ImproperlyConfigured(f"DOKODEMO_ROLE={DOKODEMO_ROLE!r}: choose portal, office or all.")

DEBUG = variables.flag("DOKODEMO_DEBUG", False)
_refusal = refusal(
    base_url=DOKODEMO_BASE_URL,
    demo=DOKODEMO_DEMO,
    demo_said="DOKODEMO_DEMO" in os.environ,
    twin=CITIZEN_PROVIDER.twin,
    role=DOKODEMO_ROLE,
    debug=DEBUG,
)
if _refusal is not None:
    raise ImproperlyConfigured(_refusal)
try:
    DOKODEMO_MAIL = relay(os.environ, DOKODEMO_HOME, demo=DOKODEMO_DEMO)
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None
MAILERS = DOKODEMO_MAIL.mailers
SECRET_KEY = os.environ.get("DOKODEMO_SECRET_KEY") or secret(DOKODEMO_HOME, "django")
ALLOWED_HOSTS = variables.hosts("DOKODEMO_HOSTS", DOKODEMO_BASE_URL)
CSRF_TRUSTED_ORIGINS = [DOKODEMO_BASE_URL]
SECURE_TRANSPORT = DOKODEMO_BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_ox",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "dokodemo.kernel.access",
    "dokodemo.kernel.crypto",
    "dokodemo.kernel.events",
    "dokodemo.kernel.jobs",
    "dokodemo.kernel.ui",
    "dokodemo.adapters.identity",
    "dokodemo.city.organisation",
    "dokodemo.city.parties",
    "dokodemo.administration.procedures",
    "dokodemo.administration.eligibility",
    "dokodemo.administration.inventory",
    "dokodemo.administration.guidance",
    "dokodemo.administration.findings",
    "dokodemo.administration.authoring",
    "dokodemo.administration.certificates",
    "dokodemo.administration.cases",
    "dokodemo.promotion.plan",
    "dokodemo.promotion.training",
    "dokodemo.promotion.reform",
    "dokodemo.promotion.costs",
    "dokodemo.promotion.indicators",
    "dokodemo.promotion.headquarters",
    "dokodemo.promotion.closing",
    "dokodemo.promotion.improvement",
    "dokodemo.promotion.responsibility",
    "dokodemo.promotion.evaluation",
    "dokodemo.promotion.surveys",
    "dokodemo.promotion.following",
    "dokodemo.promotion.national",
    "dokodemo.entry.portal",
    "dokodemo.entry.office",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dokodemo.entry.server.compression.CompressionMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dokodemo.kernel.ui.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dokodemo.entry.server.middleware.ActorMiddleware",
    "dokodemo.entry.server.kept.KeepTypedMiddleware",
    "dokodemo.kernel.ui.switching.SwitchMiddleware",
]

ROOT_URLCONF = "dokodemo.entry.server.urls"
WSGI_APPLICATION = "dokodemo.entry.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "entry" / "server" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dokodemo.entry.server.context.city",
            ],
            "builtins": ["dokodemo.kernel.ui.templatetags.ui"],
        },
    }
]

_postgres = variables.database("DATABASE_URL")
if _postgres is not None:
    DATABASES = {"default": _postgres}
    # libpq's defaults wait for minutes when the network is cut.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {"tcp_user_timeout": 10_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    )
    # Without it a request waits for ever behind a lock; SQLite's writers wait as long.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c lock_timeout=20s")
    # Values travel beside the question, so that a question asked often is parsed and planned once for each connection.
    DATABASES["default"]["OPTIONS"].setdefault("server_side_binding", True)
else:
    DATABASES = {
        "default": {
            "ENGINE": "dokodemo.kernel.sqlite",
            "NAME": str(DOKODEMO_HOME / "db" / "city.sqlite3"),
            "CONN_MAX_AGE": 600,
            # In memory also for parallel runs, which would else make files named after this one in the working folder.
            "TEST": {"NAME": os.environ.get("DOKODEMO_TEST_SQLITE") or ":memory:"},
        }
    }

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = [
    "dokodemo.entry.server.backends.PasswordBackend",
    "dokodemo.entry.server.backends.ProviderBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SOCIALACCOUNT_PROVIDERS = CITIZEN_PROVIDER.as_setting()
SOCIALACCOUNT_ADAPTER = "dokodemo.entry.server.sign_in.ResidentSignIn"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "dokodemo.entry.server.sign_in.StaffSignIn"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# A whole city hall signs in from one address at half past eight; a password is guessed at one name.
ACCOUNT_RATE_LIMITS = {"login": "240/m/ip", "login_failed": "60/m/ip,5/5m/key"}
_FORMS = "dokodemo.entry.server.sign_in_forms"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.SignInForm",
    "reauthenticate": f"{_FORMS}.PasswordAgainForm",
    "change_password": f"{_FORMS}.NewPasswordForm",
}
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/my/"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Dokodemo"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
# Browsers offer passkeys on http only where the host is localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE_TRANSPORT
MFA_ADAPTER = "dokodemo.entry.server.second_factor.SecondFactor"
MFA_FORMS = {
    "authenticate": f"{_FORMS}.CodeForm",
    "reauthenticate": f"{_FORMS}.CodeAgainForm",
    "activate_totp": f"{_FORMS}.SetUpAppForm",
    "add_webauthn": f"{_FORMS}.AddPasskeyForm",
    "edit_webauthn": f"{_FORMS}.RenamePasskeyForm",
    "authenticate_webauthn": f"{_FORMS}.PasskeyForm",
    "reauthenticate_webauthn": f"{_FORMS}.PasskeyAgainForm",
    "login_webauthn": f"{_FORMS}.PasskeyAloneForm",
}
# How many reverse proxies stand in front and may be believed about the visitor's address.
ALLAUTH_TRUSTED_PROXY_COUNT = variables.proxies("DOKODEMO_PROXIES")
# The proxy ends TLS: without its word every link and the provider's way back would say http.
if SECURE_TRANSPORT and ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Not cached_db: each worker would keep its own copy, and who signed out at one would stay signed in at the other.
SESSION_ENGINE = "dokodemo.entry.server.sessions"
SESSION_COOKIE_NAME = "dokodemo_session"
SESSION_COOKIE_SECURE = SECURE_TRANSPORT
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_FAILURE_VIEW = "dokodemo.entry.server.again.csrf_failure"
CSRF_COOKIE_SECURE = SECURE_TRANSPORT
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TRANSPORT else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    # The sign-in form is answered with a redirect to the provider, which browsers hold against form-action.
    "form-action": [CSP.SELF, CITIZEN_PROVIDER.origin],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}

CACHES = {
    "default": {
        "BACKEND": "dokodemo.entry.server.shared_cache.SharedCache",
        "LOCATION": DOKODEMO_HOME / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DOKODEMO_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "dokodemo.entry.server.static_files.HashedFiles"},
}
# Where nothing was collected, files are served from the source.
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").is_file()
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# The largest form of the national pack, 100 business assets of nine boxes and one hidden field each, and as much again
# for what cities ask and for joint forms; `pack check` refuses a group that could send more.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "dokodemo.entry.server.receiving.UnnamedFiles",
]

TASKS = {
    "default": {
        "BACKEND": "django_ox.backend.OxBackend",
        "QUEUES": ["default"],
        "OPTIONS": {
            "MAX_ATTEMPTS": 5,
            "LOCK_TIMEOUT": 20,
            "BACKOFF_INITIAL": 2,
            "BACKOFF_MAX": 300,
            "SCHEDULES": {
                "seal-events": {"task": "dokodemo.kernel.events.tasks.seal_events", "every": 5},
                "keep-head": {"task": "dokodemo.kernel.events.tasks.keep_head", "cron": "50 23 * * *"},
                "publish-proposals": {
                    "task": "dokodemo.administration.authoring.tasks.publish_due",
                    "cron": "*/5 * * * *",
                },
                "prune-jobs": {"task": "dokodemo.kernel.jobs.tasks.prune", "cron": "*/10 * * * *"},
                "gather-statistics": {
                    "task": "dokodemo.kernel.jobs.tasks.gather_statistics",
                    "cron": "40 4 * * *",
                },
                "follow-log": {"task": "dokodemo.promotion.indicators.tasks.follow_log", "every": 15},
                # Early every day, although a month is kept once: whichever day the machine was off.
                "keep-indicators": {
                    "task": "dokodemo.promotion.indicators.tasks.keep_indicators",
                    "cron": "20 0 * * *",
                },
                # Several times in the morning, although each reminder is sent once: whenever the machine came back.
                "remind-of-due": {
                    "task": "dokodemo.promotion.responsibility.tasks.remind_of_what_is_due",
                    "cron": "15 6-9 * * *",
                },
                # Several times a night, although a day has one run: one that was stopped is made up for an hour later.
                "run-eligibility": {
                    "task": "dokodemo.administration.eligibility.tasks.run_daily",
                    "cron": "10 1-5 * * *",
                },
                "thin-eligibility": {
                    "task": "dokodemo.administration.eligibility.tasks.thin_runs",
                    "cron": "50 5 * * *",
                },
                "expire-offers": {
                    "task": "dokodemo.administration.eligibility.tasks.expire_offers",
                    "cron": "5 0 * * *",
                },
                "tell-followers": {
                    "task": "dokodemo.promotion.following.tasks.deliver",
                    "cron": "*/5 * * * *",
                },
                "forget-followers": {
                    "task": "dokodemo.promotion.following.tasks.forget",
                    "cron": "35 3 * * *",
                },
                "sweep-documents": {
                    "task": "dokodemo.administration.certificates.tasks.sweep_files",
                    "cron": "30 3 * * *",
                },
                "sweep-findings": {
                    "task": "dokodemo.administration.findings.tasks.sweep",
                    "cron": "50 3 * * *",
                },
                # A wave that opens sends at once; later days, and what a relay did not take, by day only.
                "mail-survey-invitations": {
                    "task": "dokodemo.promotion.surveys.tasks.send_invitations",
                    "cron": "10 8-19 * * *",
                },
                "erase-survey-answers": {
                    "task": "dokodemo.promotion.surveys.tasks.erase",
                    "cron": "5 4 * * *",
                },
                "erase-training-records": {
                    "task": "dokodemo.promotion.training.tasks.erase",
                    "cron": "10 4 * * *",
                },
                "sweep-attachments": {
                    "task": "dokodemo.administration.cases.tasks.sweep_files",
                    "cron": "40 3 * * *",
                },
            },
        },
    }
}

_LOG_LEVEL = variables.level("DOKODEMO_LOG_LEVEL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "dokodemo.kernel.faults.Line",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        # Django gives its own a level of their own: two lines for each job that was done, every five seconds.
        "django": {"level": _LOG_LEVEL},
        # At DEBUG it writes what a photograph tells of its camera and its place.
        "PIL": {"level": "WARNING"},
    },
    "root": {"handlers": ["stderr"], "level": _LOG_LEVEL},
}
