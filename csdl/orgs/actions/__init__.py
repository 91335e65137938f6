"""Writes of what a school is and has in a year; each act takes the school's right and an open year."""

from csdl.orgs.actions.profiles import PROFILE_FIELDS, change_profile, confirm_profile, undo_profile_edit
from csdl.orgs.actions.rooms import RoomCount, copy_rooms, save_rooms, undo_rooms
from csdl.orgs.actions.sites import SITE_FIELDS, add_site, change_site, end_site, make_main_site, undo_site_edit

__all__ = [
    "PROFILE_FIELDS",
    "SITE_FIELDS",
    "RoomCount",
    "add_site",
    "change_profile",
    "change_site",
    "confirm_profile",
    "copy_rooms",
    "end_site",
    "make_main_site",
    "save_rooms",
    "undo_profile_edit",
    "undo_rooms",
    "undo_site_edit",
]
