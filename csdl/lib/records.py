"""What every record of the product carries: a public identity, when it changed, where it came from."""

import uuid

from django.db import models
from django.db.models.functions import Now

__all__ = ["Record", "dates"]


class Record(models.Model):
    """Base of the tables other systems may point at. `public_id` stands in URLs; `id` never leaves the house.

    `changed_at` is set by a trigger on every update (`csdl_touch`), so that SQL over sets moves it too.
    """

    public_id = models.UUIDField(
        default=uuid.uuid4,
        db_default=models.Func(function="gen_random_uuid"),
        editable=False,
        unique=True,
    )
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


def dates(start: str, end: str) -> models.Func:
    """The half-open range of days [start, end) of two date columns; an empty end means without end."""
    return models.Func(start, end, function="daterange", output_field=models.Field())
