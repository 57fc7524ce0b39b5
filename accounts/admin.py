from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Team, Token, User
from accounts.roster_admin import AbsenceInline, RosterInline
from accounts.tokens import revoke
from timekeeping import clock


class UserForm(UserChangeForm[User]):
    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone; Asia/Shanghai is one."))
        return zone

    def clean_stand_in(self) -> User | None:
        stand_in: User | None = self.cleaned_data["stand_in"]
        if stand_in is not None and stand_in.pk == self.instance.pk:
            raise forms.ValidationError(_("Nobody stands in for themselves."))
        return stand_in


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    form = UserForm
    list_display = ["username", "display_name", "role", "is_active", "is_staff", "away_since"]
    list_filter = ["role", "teams", "is_active", "is_staff"]
    search_fields = ["username", "display_name", "email"]
    readonly_fields = ["away_since", "last_login", "date_joined"]
    autocomplete_fields = ["stand_in"]
    inlines = [AbsenceInline]
    fieldsets = [
        (None, {"fields": ["username", "password", "display_name", "email", "role"]}),
        (_("Preferences"), {"fields": ["language", "theme", "time_zone"]}),
        (_("Absences"), {"fields": ["away_since", "stand_in"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        (_("Person"), {"fields": ["display_name", "email", "role"]}),
    ]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    list_display = ["name", "site", "supervisor", "manager", "duty_officer", "is_default"]
    list_select_related = ["supervisor", "manager", "duty_officer"]
    search_fields = ["name", "site"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["supervisor", "manager", "duty_officer", "members"]
    inlines = [RosterInline]


@admin.register(Client)
class ClientAdmin(admin.ModelAdmin[Client]):
    list_display = ["name", "is_active"]
    search_fields = ["name"]


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin[Token]):
    """Tokens are read and revoked here. They are made by `manage.py create_token`."""

    list_display = ["client", "prefix", "scopes", "created_at", "expires_at", "revoked_at"]
    list_filter = ["client"]
    list_select_related = ["client"]
    fields = ("client", "prefix", "scopes", "created_at", "expires_at", "revoked_at")
    readonly_fields = fields
    actions = ["revoke_selected"]

    @admin.action(description=_("Revoke the selected tokens"), permissions=["change"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        now = clock.now()
        for token in queryset:
            revoke(token, now=now)
        self.message_user(request, _("Revoked. They open nothing from now on."))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
