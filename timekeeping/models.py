from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SandboxClock(models.Model):
    """Holds how far the sandbox clock stands ahead of the database's clock.

    There is at most one row. It is read only where ``CASETRACK_SANDBOX`` is on.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    offset = models.DurationField(default=timedelta(0))

    class Meta:
        constraints = [
            models.CheckConstraint(name="sandbox_clock_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(
                name="sandbox_clock_never_goes_back", condition=Q(offset__gte=timedelta(0))
            ),
        ]

    def __str__(self) -> str:
        return f"+{self.offset}"


class Heartbeat(models.Model):
    """Says when the sweep last looked, and how late what it then found was.

    ``beaten_at`` is the database's own clock, never the sandbox's: the age of a
    heartbeat tells whether a process is alive, and a travelling clock must not. ``skew``
    is how far the host's own clock was ahead of the database's then; it decides nothing.
    """

    name = models.CharField(max_length=120, primary_key=True)
    host = models.CharField(max_length=80, blank=True)
    skew = models.DurationField(default=timedelta(0))
    beaten_at = models.DateTimeField()
    lag = models.DurationField(default=timedelta(0))

    def __str__(self) -> str:
        return f"{self.name} at {self.beaten_at:%Y-%m-%d %H:%M:%S}"


class Punctuality(models.Model):
    """How late the rungs of one hour rang that one process rang: a line of a histogram.

    ``most`` is the bucket's upper bound in seconds, null for the last. Each process has
    rows of its own, so that two that ring at once never wait for each other.
    """

    process = models.CharField(max_length=120)
    hour = models.DateTimeField()
    most = models.FloatField(null=True)
    rungs = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="punctuality_once", fields=["process", "hour", "most"], nulls_distinct=False
            ),
        ]
        indexes = [models.Index(name="punctuality_by_hour", fields=["hour"])]

    def __str__(self) -> str:
        return f"{self.process} {self.hour:%Y-%m-%d %H}h ≤ {self.most} s: {self.rungs}"


class Calendar(models.Model):
    """The working hours of a site: what is edited. Clocks read its editions, never this.

    ``country`` and ``subdivision`` name the public holidays that its years are filled
    from (ISO 3166); empty, its days are entered by hand.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=40)
    country = models.CharField(_("country of the holidays"), max_length=2, blank=True)
    subdivision = models.CharField(_("its part"), max_length=10, blank=True)
    is_default = models.BooleanField(_("of teams that have none"), default=False)

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="calendar_one_default", fields=["is_default"], condition=Q(is_default=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class WeeklyWindow(models.Model):
    """Working hours of a weekday, in the calendar's zone. One that closes at or before the
    time at which it opens runs over midnight; 00:00 to 00:00 is the whole day."""

    calendar = models.ForeignKey(
        Calendar, models.CASCADE, related_name="windows", verbose_name=_("working calendar")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["calendar", "weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                name="window_opens_once", fields=["calendar", "weekday", "opens"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class CalendarYear(models.Model):
    """A year whose holidays are known. Clocks that run into another one are provisional."""

    calendar = models.ForeignKey(
        Calendar, models.CASCADE, related_name="years", verbose_name=_("working calendar")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    source = models.CharField(_("source"), max_length=120, blank=True)
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("published year")
        verbose_name_plural = _("published years")
        ordering = ["calendar", "year"]
        constraints = [
            models.UniqueConstraint(name="calendar_year_once", fields=["calendar", "year"]),
        ]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day whose working hours differ from its weekday's.

    ``windows`` are pairs such as ``["09:00", "12:00"]``; none is a day off. A one-off
    (a typhoon, a stocktaking) beats a holiday, a holiday the weekly pattern.
    """

    calendar = models.ForeignKey(
        Calendar, models.CASCADE, related_name="days", verbose_name=_("working calendar")
    )
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    windows = models.JSONField(_("working hours"), default=list, blank=True)
    is_one_off = models.BooleanField(_("one-off"), default=False)
    source = models.CharField(_("source"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["calendar", "on"]
        constraints = [
            models.UniqueConstraint(
                name="calendar_day_once", fields=["calendar", "on", "is_one_off"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.name}"


class Edition(models.Model):
    """A calendar as it was at one time, written once: what a clock was computed from.

    ``content`` is the calendar whole: zone, weekly hours, special days, published years.
    """

    calendar = models.ForeignKey(
        Calendar, models.PROTECT, related_name="editions", verbose_name=_("working calendar")
    )
    version = models.PositiveIntegerField(_("version"))
    recorded_at = models.DateTimeField(_("recorded at"))
    content = models.JSONField(_("content"))

    class Meta:
        verbose_name = _("edition of a calendar")
        verbose_name_plural = _("editions of calendars")
        ordering = ["calendar", "version"]
        constraints = [
            models.UniqueConstraint(name="edition_once", fields=["calendar", "version"]),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} v{self.version}"
