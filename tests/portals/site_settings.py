"""Settings of the site that browser tests open: the test settings, static files straight from their folders."""

from config.settings.test import *  # noqa: F403 - settings modules extend one another

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
