"""The demo and a developer's machine: as production, without TLS."""

from config.settings.base import *  # noqa: F403 - settings modules extend one another

SESSION_COOKIE_SECURE = False
