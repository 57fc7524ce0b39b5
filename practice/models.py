"""A rehearsal is a list of what was put in. All else comes from playing it again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Team


class Rehearsal(models.Model):
    """One person's practice of one scenario, in a time of its own.

    ``begins_at`` is the simulated moment at which the customer first speaks; ``started_at``,
    ``ended_at`` and ``shared_at`` are real. ``time_zone`` is that in which its times were
    typed. Shared, the members of the team may look at it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="rehearsals",
        verbose_name=_("person"),
    )  # fmt: skip
    team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="rehearsals",
        verbose_name=_("team"),
    )  # fmt: skip
    scenario = models.CharField(_("scenario"), max_length=40)
    language = models.CharField(_("language"), max_length=8, choices=Language)
    time_zone = models.CharField(_("time zone"), max_length=40)
    begins_at = models.DateTimeField(_("simulated beginning"))
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    shared_at = models.DateTimeField(_("shared with the team at"), null=True, blank=True)

    class Meta:
        verbose_name = _("rehearsal")
        verbose_name_plural = _("rehearsals")
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(name="rehearsal_of_person", fields=["user", "-started_at"]),
            models.Index(
                name="rehearsal_of_team", fields=["team", "-started_at"],
                condition=models.Q(shared_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.scenario} {self.user}"

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


class Turn(models.Model):
    """One thing that was done: a step with its form's raw fields, or time let pass.

    ``offset`` is how long after the beginning, in simulated time, it was over. ``action`` is
    the step's, or WAIT. ``reaction`` names the rules that spoke for the customer, so that a
    later edition of the script does not change what happened.
    """

    WAIT = "wait"

    rehearsal = models.ForeignKey(Rehearsal, models.CASCADE, related_name="turns")
    number = models.PositiveSmallIntegerField()
    offset = models.DurationField()
    action = models.CharField(max_length=24)
    posted = models.JSONField(default=dict)
    reaction = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="turn_once", fields=["rehearsal", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class RefusedTry(models.Model):
    """A step that was tried and refused, and so changed nothing.

    ``lacked`` are the demands that were not met: their code and what it speaks of.
    """

    rehearsal = models.ForeignKey(Rehearsal, models.CASCADE, related_name="refused_tries")
    offset = models.DurationField()
    action = models.CharField(max_length=24)
    lacked = models.JSONField(default=list)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.action} at {self.offset}"
