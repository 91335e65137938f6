"""Settings shared by every shape of the product. The environment is read here and nowhere else.

CSDL_DATA              data folder of the embedded server and of files (default .data/ beside the project)
CSDL_DB_ROLE           app (web, ordinary jobs) or owner (migrations, bulk commands, bulk jobs)
DATABASE_URL           connection of the web role; unset: the embedded PostgreSQL
DATABASE_OWNER_URL     connection of the owner role
DATABASE_ADMIN_URL     a superuser's connection, read by `csdl db prepare` only
CSDL_DATABASE          name of the database where none of the URLs says it (default csdl)
CSDL_ROLES             first part of the role names (default: the database's name)
CSDL_SERVER_URL        a superuser's connection to a server that takes the embedded one's place
CSDL_SECRET_KEY        Django's secret key; unset: kept in the data folder
CSDL_UPLOAD_MB         largest file that is taken in, in MB (default 20)
CSDL_SYSTEM_URL        address of the system as papers print it
CSDL_PROXIES           how many proxies of ours stand before the web (production: 1): the address of whoever signs in
                       is read behind them, else all would share one and be locked out together
CSDL_DEMO              1: the clock can be moved and sign-in names are shown
"""

import os
from pathlib import Path

import pghistory

from csdl.lib import database
from csdl.lib.embedded import EmbeddedServer

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("CSDL_DATA", ROOT / ".data")).resolve()
DB_ROLE = os.environ.get("CSDL_DB_ROLE", "app")
DEMO = os.environ.get("CSDL_DEMO", "") == "1"
DEBUG = False

DATABASE_NAMES = database.names_from_environment(os.environ, DATA_DIR)
DATABASES = {"default": database.django_settings(DATABASE_NAMES, role=DB_ROLE, pooled=DB_ROLE == "app")}

SECRET_KEY = os.environ.get("CSDL_SECRET_KEY") or EmbeddedServer(DATA_DIR).secret("django")
ALLOWED_HOSTS = os.environ.get("CSDL_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    # Records and processes, in the order of .importlinter from the bottom up
    "csdl.codes",
    "csdl.accounts",
    "csdl.jobs",
    "csdl.audit",
    "csdl.orgs",
    "csdl.staff",
    "csdl.documents",
    "csdl.access",
    "csdl.students",
    "csdl.years",
    "csdl.delegation",
    "csdl.reports",
    "csdl.intake",
    "csdl.exports",
    "csdl.dossier",
    "csdl.rollover",
    "csdl.wall",
    # Doors
    "csdl.portals.components",
    "csdl.portals.desk",
    "csdl.portals.school",
    "csdl.portals.authority",
]

MIDDLEWARE = [
    "csdl.accounts.middleware.OneAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    # Innermost: view and rendering share one transaction in which the acting account is known to the database
    "csdl.access.middleware.ActingAccountMiddleware",
    "csdl.portals.desk.middleware.SessionRulesMiddleware",
    "csdl.portals.components.errors.SpokenErrorsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the app folders: our sign-in pages stand in for allauth's of the same name
        "DIRS": [ROOT / "csdl" / "portals" / "desk" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csdl.portals.components.context.page",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "csdl.accounts.passwords.LongEnough"},
    {"NAME": "csdl.accounts.passwords.NotCommon"},
    {"NAME": "csdl.accounts.passwords.NotOneself"},
    {"NAME": "csdl.accounts.passwords.NotUsedBefore"},
]
ACCOUNT_LOGIN_METHODS = {"username", "email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "csdl.accounts.adapter.NamedAccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "csdl.accounts.forms.ChangePasswordForm",
    "login": "csdl.accounts.forms.SignInForm",
    "reauthenticate": "csdl.accounts.forms.PasswordAgainForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
# Passwords and letters are guarded by csdl.accounts.guarding, by account and by network address; these limits hold for
# the codes of a second factor ("login_failed") and for how often the pages may be asked at all.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "5/15m/key,50/15m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("CSDL_PROXIES", "0"))
MFA_ADAPTER = "csdl.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "csdl.accounts.forms.SetUpTotpForm",
    "authenticate": "csdl.accounts.forms.CodeForm",
    "reauthenticate": "csdl.accounts.forms.CodeAgainForm",
}
MFA_TOTP_ISSUER = "CSDL GDĐT"
# One step of thirty seconds either way, for telephones whose clock is not quite right
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Shared by all web processes: limits, and codes that were used
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"},
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
LOGIN_URL = "account_login"
# Pages of one's own account, named here because what asks for them stands below the doors
SECOND_FACTOR_URL = "desk:second-factor-confirm"
ACCOUNT_PAGE_URL = "desk:account"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"

LANGUAGE_CODE = "vi"
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# What csdl.portals.components.assets collects from the front-end packages
STATICFILES_DIRS = [("vendor", ROOT / "build" / "assets")]
# The typeface of PDF documents, from the same packages; no page loads it
PRINT_FONTS = ROOT / "build" / "fonts"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Scans of papers, by their content; never below a folder that the web server shows
SYSTEM_URL = os.environ.get("CSDL_SYSTEM_URL", "")
FILES_DIR = DATA_DIR / "files"
DOSSIERS_DIR = DATA_DIR / "dossiers"
UPLOAD_LIMIT_BYTES = int(os.environ.get("CSDL_UPLOAD_MB", "20")) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "csdl.lib.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "csdl.portals.components.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_LEVEL = pghistory.Statement
PGHISTORY_CREATED_AT_FUNCTION = "now()"
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PROCRASTINATE_ON_APP_READY = "csdl.jobs.tasks.on_app_ready"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
