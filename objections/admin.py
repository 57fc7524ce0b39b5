"""Administration of the domain: what happened can only be read. Policies are in `policy_admin`."""

from __future__ import annotations

from functools import reduce
from typing import Any

from django.contrib import admin
from django.db.models import DecimalField, Field, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from objections import policy_admin  # noqa: F401 - registers the policies
from objections.models import (
    ApprovalRule,
    Case,
    CaseAccess,
    CaseEvent,
    CustomerMail,
    CustomerText,
    Deadline,
    Escalation,
    Notice,
    RemedyLimit,
)
from objections.permissions import visible_to
from objections.services.records import read_restricted
from timekeeping import clock


class ReadOnly(admin.ModelAdmin[Any]):
    """Shows rows that only the services write. Nobody adds, changes or deletes them here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OfCases(ReadOnly):
    """Shows rows that belong to cases, of those cases that exist for the reader.

    To open one that belongs to a restricted case leaves the trace that reading it leaves.
    """

    case_field = "case"

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            _leave_trace(reduce(getattr, self.case_field.split("__"), found), request)
        return found

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        assert isinstance(request.user, User)
        mine = {f"{self.case_field}__in": visible_to(request.user)}
        return super().get_queryset(request).filter(**mine)


def _leave_trace(case: Case, request: HttpRequest) -> None:
    assert isinstance(request.user, User)
    read_restricted(case, request.user, now=clock.now())


# What may be edited

NOT_NEGATIVE: dict[type[Field[Any, Any]], dict[str, Any]] = {DecimalField: {"min_value": 0}}


@admin.register(RemedyLimit)
class RemedyLimitAdmin(admin.ModelAdmin[RemedyLimit]):
    list_display = ("role", "amount")
    formfield_overrides = NOT_NEGATIVE


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(admin.ModelAdmin[ApprovalRule]):
    """One row: from which cost on two people approve. It is changed, never added or deleted."""

    list_display = ("two_people_above",)
    list_display_links = ("two_people_above",)
    formfield_overrides = NOT_NEGATIVE

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


# What may be read


@admin.register(Case)
class CaseAdmin(ReadOnly):
    """The list names a restricted case by its reference alone."""

    list_display = ("page", "in_one_line", "stage", "kind", "urgency", "team", "handler")
    list_display_links = ("in_one_line",)
    list_filter = ("stage", "kind", "urgency", "sensitivity", "clock_mode", "team")
    search_fields = ("reference", "title", "external_id")
    list_select_related = ("customer", "team", "handler")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        assert isinstance(request.user, User)
        return visible_to(request.user)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Case | None:
        found: Case | None = super().get_object(request, object_id, from_field)
        if found is not None:
            _leave_trace(found, request)
        return found

    @admin.display(description=_("in one line"))
    def in_one_line(self, case: Case) -> str:
        return str(_("Restricted case")) if case.is_restricted else case.title

    @admin.display(description=_("reference"), ordering="reference")
    def page(self, case: Case) -> SafeString:
        """Link to the case's own page, where reading a restricted one leaves its trace."""
        url = reverse("case", args=[case.reference])
        return format_html('<a href="{}">{}</a>', url, case.reference)


@admin.register(Deadline)
class DeadlineAdmin(OfCases):
    """Also where deadlines stand that could not be rung, with the reason."""

    list_display = (
        "case", "promise", "cycle", "started_at", "due_at", "kept_at", "breached_at",
        "answered_late_at", "failures", "failure",
    )  # fmt: skip
    list_filter = ("promise", "is_historical", ("quarantined_at", admin.EmptyFieldListFilter))
    search_fields = ("case__reference",)
    list_select_related = ("case",)
    show_full_result_count = False


@admin.register(Escalation)
class EscalationAdmin(OfCases):
    list_display = ("case", "reason", "level", "opened_at", "taken_by", "lapses_at", "closed_at")
    list_filter = ("reason", "level", ("closed_at", admin.EmptyFieldListFilter))
    search_fields = ("case__reference",)
    list_select_related = ("case", "taken_by")


@admin.register(CaseEvent)
class CaseEventAdmin(OfCases):
    list_display = ("case", "kind", "occurred_at", "recorded_at", "actor_kind", "user", "client")
    list_filter = ("kind", "actor_kind")
    search_fields = ("case__reference",)
    list_select_related = ("case", "user", "client")
    show_full_result_count = False


@admin.register(Notice)
class NoticeAdmin(OfCases):
    list_display = (
        "user", "robot", "kind", "channel", "case", "level", "occurred_at", "seen_at", "sent_at",
        "attempts", "failed_at", "failure",
    )  # fmt: skip
    list_filter = ("kind", "channel", "robot", ("failed_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "robot", "case")
    show_full_result_count = False


@admin.register(CustomerMail)
class CustomerMailAdmin(OfCases):
    case_field = "contact_record__case"
    list_display = ("to", "subject", "created_at", "attempts", "sent_at", "failed_at", "failure")
    list_filter = (("failed_at", admin.EmptyFieldListFilter),)
    search_fields = ("to", "subject")


@admin.register(CustomerText)
class CustomerTextAdmin(OfCases):
    case_field = "contact_record__case"
    list_display = ("to", "created_at", "attempts", "sent_at", "failed_at", "failure")
    list_filter = (("failed_at", admin.EmptyFieldListFilter),)
    search_fields = ("to",)


@admin.register(CaseAccess)
class CaseAccessAdmin(ReadOnly):
    """Who has read restricted cases, and when."""

    list_display = ("case", "user", "read_at")
    search_fields = ("case__reference", "user__username")
    list_select_related = ("case", "user")
