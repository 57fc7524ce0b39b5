"""Administration of what leaves the building: chat robots, and the record of every try."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Robot
from integrations.models import DeliveryAttempt
from integrations.outgoing import Outcome
from integrations.robot_chat import TooManyMessages, send_test, silence
from integrations.robot_form import RobotForm
from timekeeping import clock
from timekeeping.wording import time_of_day

OUTCOMES = {
    Outcome.SENT: _("Sent"),
    Outcome.LATER: _("Not now, tried again later"),
    Outcome.REFUSED: _("Refused"),
    "": _("Unknown: it ended before it was answered"),
}


@admin.register(Robot)
class RobotAdmin(admin.ModelAdmin[Robot]):
    """Chat robots. The list shows what each was last answered."""

    form = RobotForm
    fields = (
        "name", "kind", "webhook", "secret", "teams", "language", "time_zone", "least_level",
        "per_minute", ("quiet_from", "quiet_until"), "is_active",
    )  # fmt: skip
    list_display = ("name", "kind", "least_level", "is_active", "last_answer", "last_spoke")
    list_filter = ("kind", "is_active", "teams")
    search_fields = ("name",)
    filter_horizontal = ("teams",)
    change_form_template = "integrations/robot_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Robot]:
        tries = DeliveryAttempt.objects.filter(robot=OuterRef("pk"))[:1]
        return (
            super()
            .get_queryset(request)
            .annotate(
                outcome=Subquery(tries.values("outcome")),
                answer=Subquery(tries.values("answer")),
                spoke=Subquery(tries.values("attempted_at")),
            )
        )

    @admin.display(description=_("last answer"))
    def last_answer(self, robot: Any) -> str:
        if robot.spoke is None:
            return gettext("Has not spoken yet")
        outcome = str(OUTCOMES.get(robot.outcome, robot.outcome))
        return f"{outcome}: {robot.answer}" if robot.answer else outcome

    @admin.display(description=_("last spoke"))
    def last_spoke(self, robot: Any) -> Any:
        return robot.spoke

    def save_model(self, request: HttpRequest, obj: Robot, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            silence(obj)

    def response_change(self, request: HttpRequest, obj: Robot) -> HttpResponse:
        if "_test" not in request.POST:
            return super().response_change(request, obj)
        self._test(request, obj)
        return HttpResponseRedirect(request.get_full_path())

    def _test(self, request: HttpRequest, robot: Robot) -> None:
        try:
            said = send_test(robot, clock.now)
        except TooManyMessages as full:
            words = gettext("It has said all it may in this minute. Try again at {time}.")
            messages.warning(request, words.format(time=time_of_day(full.until)))
            return
        if said.accepted:
            words = gettext("The test message was taken. Answer: {answer}")
            messages.success(request, words.format(answer=said.words or "200"))
        else:
            words = gettext("The test message was not taken. Answer: {answer}")
            messages.error(request, words.format(answer=said.words))


class OutcomeFilter(admin.SimpleListFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(key) or "unknown", words) for key, words in OUTCOMES.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[DeliveryAttempt]
    ) -> QuerySet[DeliveryAttempt]:
        asked = self.value()
        if asked is None:
            return queryset
        return queryset.filter(outcome="" if asked == "unknown" else asked)


@admin.register(DeliveryAttempt)
class DeliveryAttemptAdmin(admin.ModelAdmin[DeliveryAttempt]):
    """Every try, newest first. It can only be read."""

    list_display = (
        "attempted_at", "channel", "listener", "message", "number", "came_of_it", "answer", "took",
    )  # fmt: skip
    list_filter = ("channel", OutcomeFilter, "robot")
    search_fields = ("message",)
    list_select_related = ("user", "robot")
    show_full_result_count = False
    fields = (
        "attempted_at", "channel", "listener", "message", "number", "came_of_it", "answer",
        "took", "notices",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("to"))
    def listener(self, attempt: DeliveryAttempt) -> str:
        return str(attempt.robot or attempt.user or gettext("customer"))

    @admin.display(description=_("outcome"), ordering="outcome")
    def came_of_it(self, attempt: DeliveryAttempt) -> str:
        return str(OUTCOMES.get(attempt.outcome, attempt.outcome))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
