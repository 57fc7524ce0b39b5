from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.spans import overlapping, spanning
from timekeeping.models import Calendar


class Role(models.TextChoices):
    """What a person is here for. Where they may act follows from their teams."""

    ENGINEER = "engineer", _("Service engineer")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Manager")
    ANALYST = "analyst", _("Quality analyst")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    SIMPLIFIED = "zh-hans", "简体中文"
    TRADITIONAL = "zh-hant", "繁體中文"


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractUser):
    """A person who works here.

    ``away_since`` is empty while the person is present: an unassigned case is
    announced only to the members of its team who are. ``stand_in`` hears at once what an
    absent person would have heard. Between ``quiet_from`` and ``quiet_until``, in their own
    zone, nothing leaves for them that can wait.
    """

    display_name = models.CharField(_("name"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.ENGINEER)
    language = models.CharField(_("language"), max_length=8, choices=Language, blank=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    away_since = models.DateTimeField(_("away since"), null=True, blank=True)
    stand_in = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("stand-in"),
    )  # fmt: skip
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(name="user_role_is_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return self.display_name or self.get_full_name() or self.username


class Team(models.Model):
    """The people who carry cases together, and who their ladder climbs to."""

    slug = models.SlugField(_("identifier"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    site = models.CharField(_("site"), max_length=80, blank=True)
    supervisor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="supervised_teams",
        verbose_name=_("supervisor"),
    )  # fmt: skip
    manager = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="managed_teams",
        verbose_name=_("manager"),
    )  # fmt: skip
    duty_officer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="duty_teams",
        verbose_name=_("duty officer"),
    )  # fmt: skip
    members = models.ManyToManyField(
        User, related_name="teams", blank=True, verbose_name=_("members")
    )
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, null=True, blank=True, related_name="teams",
        verbose_name=_("working calendar"),
    )  # fmt: skip
    is_default = models.BooleanField(_("takes what nobody else is meant for"), default=False)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="team_one_default", fields=["is_default"], condition=Q(is_default=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Absence(models.Model):
    """A time for which a person is away, known beforehand. Without an end, until they say so.

    ``stand_in`` is for this time; left out, it is the person's own.
    """

    user = models.ForeignKey(
        User, models.CASCADE, related_name="absences", verbose_name=_("person")
    )
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    stand_in = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stand-in")
    )

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["begins_at"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_begins",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("begins_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.begins_at:%Y-%m-%d}"

    def clean(self) -> None:
        """Refuse an end before the beginning, two at a time, and oneself as stand-in."""
        if self.begins_at is None:
            return
        if self.ends_at is not None and self.ends_at <= self.begins_at:
            raise ValidationError({"ends_at": gettext("It ends before it begins.")})
        if self.stand_in_id is not None and self.stand_in_id == self.user_id:
            raise ValidationError({"stand_in": gettext("Nobody stands in for themselves.")})
        others = Absence.objects.filter(user=self.user_id).exclude(pk=self.pk)
        other = overlapping(others, self.begins_at, self.ends_at).first()
        if other is not None:
            words = gettext("Another absence covers part of it: from {begins} to {ends}.")
            raise ValidationError({"begins_at": spanning(words, other.begins_at, other.ends_at)})


class DutyShift(models.Model):
    """Who is the duty officer of a team from one moment to another; then the next shift's."""

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="duty_shifts", verbose_name=_("team")
    )
    user = models.ForeignKey(
        User, models.CASCADE, related_name="duty_shifts", verbose_name=_("person")
    )
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty roster")
        ordering = ["team", "begins_at"]
        constraints = [
            models.CheckConstraint(
                name="shift_ends_after_it_begins", condition=Q(ends_at__gt=models.F("begins_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.user} {self.begins_at:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """Refuse an end before the beginning. Overlaps are for the whole roster to refuse."""
        begins: datetime | None = self.begins_at
        ends: datetime | None = self.ends_at
        if begins is not None and ends is not None and ends <= begins:
            raise ValidationError({"ends_at": gettext("It ends before it begins.")})

    def overlaps(self, other: DutyShift) -> bool:
        return self.begins_at < other.ends_at and other.begins_at < self.ends_at


class RobotKind(models.TextChoices):
    """The chat programs whose robots we speak through."""

    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Microsoft Teams"
    OTHER = "other", _("Another, by its Apprise address")


class Robot(models.Model):
    """A chat group's robot, through which the people of some teams hear of escalations.

    ``address`` is a secret: whoever has it can write into the group. ``per_minute`` is
    how many messages the chat program takes from it in any minute. ``least_level`` is
    the lowest level it hears of; 0 is warnings, too. In its quiet hours, in
    ``time_zone``, it hears only of level 2 and above.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("chat program"), max_length=12, choices=RobotKind)
    address = models.CharField(_("address"), max_length=500)
    teams = models.ManyToManyField(Team, related_name="robots", verbose_name=_("teams"))
    language = models.CharField(
        _("language"), max_length=8, choices=Language, default=Language.SIMPLIFIED
    )
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    least_level = models.PositiveSmallIntegerField(_("from level"), default=1)
    per_minute = models.PositiveSmallIntegerField(_("messages a minute"), default=20)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("chat robot")
        verbose_name_plural = _("chat robots")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="robot_level_0_to_3", condition=Q(least_level__lte=3)),
            models.CheckConstraint(name="robot_may_speak", condition=Q(per_minute__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """What a token allows."""

    CASES_READ = "cases:read", _("Read cases")
    CASES_WRITE = "cases:write", _("Open cases and take steps")
    CUSTOMERS_WRITE = "customers:write", _("Create and update customers")
    REPORTS_READ = "reports:read", _("Read reports")
    WEBHOOKS_MANAGE = "webhooks:manage", _("Manage webhooks")
    SANDBOX = "sandbox", _("Move the sandbox clock")


class Client(models.Model):
    """A program that works with us, such as a CRM system."""

    name = models.CharField(_("name"), max_length=80, unique=True, validators=[validate_slug])
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A client's key. Only its digest is kept, so it can be shown once and never again."""

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="tokens", verbose_name=_("client")
    )
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=24, choices=Scope), verbose_name=_("scopes"))
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"{self.client} {self.prefix}…"
