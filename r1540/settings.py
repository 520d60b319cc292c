"""The one settings file.

Without DATABASE_URL the site is a local one: it runs its own embedded PostgreSQL, stores its secret in var/
and serves this machine only. With DATABASE_URL it is a deployment: every other secret must be in the environment too
(the error for a missing one says how to set it), and only HTTPS is served.
"""

import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
IS_DEPLOYMENT = bool(os.environ.get("DATABASE_URL"))


def required(name: str, how: str) -> str:
    """Return an environment variable. Raises ImproperlyConfigured, which says `how` to set it, if it is empty."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set, and a deployment (DATABASE_URL is set) needs it. {how}")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated words of an environment variable."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def switch(name: str, default: str) -> bool:
    """Return whether an environment variable is `on`. Raises ImproperlyConfigured if it is neither `on` nor `off`."""
    value = os.environ.get(name) or default
    if value not in ("on", "off"):
        raise ImproperlyConfigured(f"{name} is {value!r}. Write {name}=on or {name}=off.")
    return value == "on"


def whole_number(name: str, default: str, least: int = 0, most: int = 99) -> int:
    """Return an environment variable as a number. Raises ImproperlyConfigured if it is none within the bounds."""
    value = os.environ.get(name) or default
    if not (value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a number from {least} to {most}.")
    return int(value)


def contact(name: str, form: str, example: str) -> str:
    """Return an environment variable. Raises ImproperlyConfigured if it is neither empty nor in a form."""
    value = os.environ.get(name, "").strip()
    if value and not re.fullmatch(form, value):
        raise ImproperlyConfigured(f"{name} is {value!r}. Write it as {name}={example}")
    return value


def replica_databases() -> dict[str, dict[str, Any]]:
    """Return the databases of DATABASE_REPLICA_URL, by alias. Raises ImproperlyConfigured for a wrong address, which is
    named by its place only, because it holds a password."""
    addresses = os.environ.get("DATABASE_REPLICA_URL", "").split()
    if addresses and not IS_DEPLOYMENT:
        raise ImproperlyConfigured("DATABASE_REPLICA_URL is set, and DATABASE_URL, which is their primary, is not.")
    found: dict[str, dict[str, Any]] = {}
    for place, address in enumerate(addresses, 1):
        try:
            one: dict[str, Any] = {**dj_database_url.parse(address, conn_max_age=None, conn_health_checks=True)}
        except ValueError:
            one = {"ENGINE": ""}
        # A comma would mean several hosts: the health of one server must not be taken for that of another.
        if one["ENGINE"] != "django.db.backends.postgresql" or not one["NAME"] or "," in address:
            raise ImproperlyConfigured(
                f"DATABASE_REPLICA_URL: address {place} of {len(addresses)} is not the address of one replica. Write "
                "postgres://user:password@host/name for each, with spaces between them, and %2C for a comma."
            )
        found[f"replica{place}"] = one | {"OPTIONS": PROMPT | one.get("OPTIONS", {}), "TEST": {"MIRROR": "default"}}
    return found


def local_secret() -> str:
    """Return the secret of a local site, which is made on first use and stored in var/secret, for its owner only."""
    path = VAR_DIR / "secret"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        VAR_DIR.mkdir(exist_ok=True)
        draft = path.with_name(f"secret.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # the first process to finish wins; a reader never sees half a secret
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="ascii")


if IS_DEPLOYMENT:
    SECRET_KEY = required(
        "SECRET_KEY",
        "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
    )
    ALLOWED_HOSTS = required(
        "ALLOWED_HOSTS", "Give the site's host names, separated by commas: ALLOWED_HOSTS=record.example.org"
    ).split(",")
else:
    SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret()
    ALLOWED_HOSTS = words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")

# The name in the ids of feeds' entries, which stay the same for ever: a host name that this site had in 2026.
TAG_AUTHORITY = ALLOWED_HOSTS[0].strip("*.[]") or "localhost"

DEBUG = os.environ.get("DEBUG", "") == "1"
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "r1540",
    "states",
    "visits",
    "r1540.desk.signing_in.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_filters",
    "pgtrigger",
    "pghistory",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "r1540.gate.Gate",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "r1540.urls"
WSGI_APPLICATION = "r1540.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["r1540.templatetags.record"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES: dict[str, Any] = {
    "default": {
        **(
            dj_database_url.config(conn_max_age=None, conn_health_checks=True)
            if IS_DEPLOYMENT
            else {
                "ENGINE": "r1540.running.embedded",
                "NAME": "r1540",
                "CONN_MAX_AGE": None,
                "CONN_HEALTH_CHECKS": True,
            }
        ),
        # Each request of staff is one transaction.
        "ATOMIC_REQUESTS": True,
    }
}
# Public pages are read from streaming replicas, if there are any, and all else from the primary (see door/replicas.py).
# A server that does not answer is given up within seconds, because there is another.
PROMPT = {
    "connect_timeout": 2,
    "tcp_user_timeout": 3000,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
}
DATABASES |= replica_databases()
REPLICAS = [alias for alias in DATABASES if alias != "default"]
if REPLICAS:
    DATABASES["default"]["OPTIONS"] = PROMPT | DATABASES["default"].get("OPTIONS", {})
DATABASE_ROUTERS = ["r1540.door.replicas.Router"] if REPLICAS else []
# How far a replica may be behind the primary and still serve pages. Each replica is checked once a second.
REPLICA_LAG_SECONDS = whole_number("REPLICA_LAG_SECONDS", "10", least=3, most=3600)
# For how long a shared cache, such as a CDN, may serve a public page without revalidation; 0: never.
PUBLIC_MAX_AGE = whole_number("PUBLIC_MAX_AGE", "0", most=86400)

# Errors 500 and 503 are noted where the server writes, in a deployment too: Django would only send mail.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "loggers": {"django": {"handlers": ["stderr"]}},
}

# The PostgreSQL role that reads public pages (see door/reading.py), and the timeout of one statement of it.
PUBLIC_ROLE = os.environ.get("PUBLIC_ROLE", "r1540_public")
PUBLIC_STATEMENT_TIMEOUT_MS = 5000

# Whether public pages are cached in memory (see page_cache.py), and how many MB in each process: 200 pages a MB.
PAGE_CACHE = switch("PAGE_CACHE", "on")
PAGE_CACHE_MB = whole_number("PAGE_CACHE_MB", "8")

# An event has the time of its statement, not of its transaction, so that events of different tables have an order.
PGHISTORY_CREATED_AT_FUNCTION = "clock_timestamp()"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]

# Wrong passwords: five for one name from one address, or twenty times as many from one address, lock it out for a
# quarter of an hour (see desk/signing_in/throttle.py). Attempts meanwhile are not counted, so the wait stated is true.
AXES_HANDLER = "r1540.desk.signing_in.throttle.Throttle"
AXES_LOCKOUT_CALLABLE = "r1540.desk.signing_in.throttle.refused"
AXES_CLIENT_IP_CALLABLE = "r1540.desk.signing_in.throttle.address_of"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in from where is not stored
# How many proxies in front write X-Forwarded-For. With 0 the header is ignored, because any client may send it.
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", "0")

# Whether those who may publish or delete, and superusers, need a second factor. A deployment is reached from anywhere,
# so there it is on. A local site serves this machine only, whose users can read its data files anyway: a second factor
# would keep nobody out, and would hinder a first look, so it is off.
SECOND_FACTOR = switch("SECOND_FACTOR", "on" if IS_DEPLOYMENT else "off")
# Whether nobody may check or publish their own entries, and a published row must be unpublished before it is changed.
# Off at a local site, where one person tries everything.
TWO_PERSON_RULE = switch("TWO_PERSON_RULE", "on" if IS_DEPLOYMENT else "off")
OTP_TOTP_ISSUER = "The 1540 record"

# Whom readers tell of an error in the record: each public page has a link to write to this address. Empty: none has.
MAIL = r"[^@\s?&#<>\"]+@[^@\s?&#<>\"]+"
ERROR_REPORTS_TO = contact("ERROR_REPORTS_TO", MAIL, "record@example.org")
# Whom to tell of a weakness of the site, in /.well-known/security.txt. Empty: that is not there.
SECURITY_CONTACT = contact(
    "SECURITY_CONTACT", rf"mailto:{MAIL}|https://\S+", "mailto:security@example.org, or an address with https://"
)

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "r1540.formats"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # what is asked for at the root of a site: favicon.ico
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Nothing from other sites, nothing inline, nothing in frames.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_SECONDS = 2 * 60 * 60  # after more time without a request, the person must sign in again
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "r1540.desk.signing_in.kept.refused"
# Lax, not Strict: with Strict a link in a letter to a report in the admin would show the sign-in page to a person who
# is signed in. A form of another site sends neither cookie, and all changes need a form with a token.
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

if IS_DEPLOYMENT:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Browsers accept a cookie with this prefix only over HTTPS and from this host, not from others in its domain.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    if os.environ.get("TRUST_PROXY_HTTPS") == "1":
        # Only behind a proxy that always sets or removes this header; otherwise a client could pretend HTTPS.
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
