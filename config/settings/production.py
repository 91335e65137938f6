"""A province's server behind TLS."""

import os

from config.settings.base import *  # noqa: F403 - settings modules extend one another

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("CSDL_PROXIES", "1"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
