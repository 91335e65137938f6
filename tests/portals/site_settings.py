"""Settings of the site that browser tests open: the test settings, static files straight from their folders, a session
of the database for each request, because the database is made anew before each test."""

from config.settings.test import *  # noqa: F403 - settings modules extend one another

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
DATABASES["default"]["OPTIONS"].pop("pool", None)  # noqa: F405 - from there
