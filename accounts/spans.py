"""Times from one moment to another: which overlap, and how they are said."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

Row = TypeVar("Row", bound=models.Model)


def overlapping(
    rows: models.QuerySet[Row], begins_at: datetime, ends_at: datetime | None
) -> models.QuerySet[Row]:
    """Return those that share a moment with a time; one that ends as another begins does not."""
    rows = rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=begins_at))
    return rows.filter(begins_at__lt=ends_at) if ends_at is not None else rows


def spanning(words: str, begins_at: datetime, ends_at: datetime | None, **more: object) -> str:
    """Put a time into a sentence with ``{begins}`` and ``{ends}``, in the active zone."""
    pattern = "%Y-%m-%d %H:%M"
    ends = timezone.localtime(ends_at).strftime(pattern) if ends_at else _("open end")
    begins = timezone.localtime(begins_at).strftime(pattern)
    return words.format(begins=begins, ends=ends, **more)
