"""Reads of staff. The caller narrows postings and heads at the gate first: `access` stands above this module."""

import datetime as dt

from django.db.models import Count, Q, QuerySet

from csdl.staff.models import StaffPosting, UnitHead

__all__ = ["head_of", "staff_by_group"]


def staff_by_group(postings: QuerySet[StaffPosting], unit_id: int, day: dt.date) -> dict[str, int]:
    """Staff of a unit on a day: code of the staff group -> persons."""
    rows = postings.filter(unit_id=unit_id, valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    counted = rows.values("staff_group_code").annotate(count=Count("staff_id", distinct=True))
    return dict(counted.order_by("staff_group_code").values_list("staff_group_code", "count"))


def head_of(heads: QuerySet[UnitHead], unit_id: int, day: dt.date) -> UnitHead | None:
    """Who heads a unit on a day."""
    rows = heads.filter(unit_id=unit_id, valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    return rows.select_related("staff").first()
