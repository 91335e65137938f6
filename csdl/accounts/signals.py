"""What happens around signing in, told to the modules above; `staff` writes it into the event log.

Those of django-allauth (signed in, signed out, password changed, authenticator added or removed) are told by it.
"""

from django.dispatch import Signal

__all__ = [
    "device_forgotten",
    "device_remembered",
    "many_devices",
    "second_device",
    "session_ended",
    "sign_in_failed",
]

# account (None: the name is no account), name_key (keyed hash of what was typed), address,
# locked_until (None: not yet), what ("password" or "letter")
sign_in_failed = Signal()
# request, account, days (for how many the second factor is not asked for there)
device_remembered = Signal()
# request, account, devices (how many)
device_forgotten = Signal()
# request, account, elsewhere (on how many other devices it is open)
second_device = Signal()
# request, account, devices (how many today)
many_devices = Signal()
# request, account, ended (how many sessions), everywhere (bool)
session_ended = Signal()
