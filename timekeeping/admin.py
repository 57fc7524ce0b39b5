"""Administration of the working calendars. What is saved is checked; only what is published
counts, and clocks pick a new edition up by themselves."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from timekeeping import admin_year, clock
from timekeeping.admin_forms import CalendarDayForm, CalendarForm, WeeklyWindowForm
from timekeeping.calendars import BadCalendar, check
from timekeeping.editions import draft, make_default, publish, standing
from timekeeping.models import Calendar, CalendarDay, CalendarYear, Edition, WeeklyWindow

PUBLISH = "_publish"


class Refusing(admin.ModelAdmin[Any]):
    """Saves all of a page or nothing, and shows the page again, as typed, with the reason."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:  # fmt: skip
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except BadCalendar as trouble:
            cast(Any, request).calendar_trouble = trouble
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **given: Any
    ) -> type[ModelForm[Any]]:
        form = super().get_form(request, obj, change=change, **given)
        trouble = getattr(request, "calendar_trouble", None)
        return type("Refused", (form,), {"trouble": trouble}) if trouble else form


class WeeklyWindowInline(admin.TabularInline[WeeklyWindow, Calendar]):
    model = WeeklyWindow
    form = WeeklyWindowForm
    extra = 1


class OwnDaysInline(admin.TabularInline[CalendarDay, Calendar]):
    """Days that people entered, from last year on. Those of the libraries stand in the year."""

    model = CalendarDay
    form = CalendarDayForm
    fields = ("on", "name", "windows", "is_one_off")
    extra = 1
    verbose_name = _("special day entered by hand")
    verbose_name_plural = _("special days entered by hand, from last year on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarDay]:
        by_hand = Q(is_one_off=True) | Q(source="")
        since = date(clock.now().year - 1, 1, 1)
        return super().get_queryset(request).filter(by_hand, on__gte=since)


class YearInline(admin.TabularInline[CalendarYear, Calendar]):
    model = CalendarYear
    fields = ("year", "source", "published_at")
    readonly_fields = ("source", "published_at")
    extra = 0


@admin.register(Calendar)
class CalendarAdmin(Refusing):
    form = CalendarForm
    fields = ("name", "time_zone", "country", "subdivision")
    list_display = ("name", "time_zone", "country", "is_default", "state", "year")
    inlines = (WeeklyWindowInline, OwnDaysInline, YearInline)
    actions = ("publish_chosen", "make_default")

    def get_urls(self) -> list[URLPattern]:
        year = path(
            "<int:pk>/year/<int:year>/",
            self.admin_site.admin_view(lambda request, **at: admin_year.page(self, request, **at)),
            name="timekeeping_calendar_year",
        )
        return [year, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Calendar | None = None) -> bool:
        """Only what was never in force: clocks stand on the editions of the others."""
        may = super().has_delete_permission(request, obj)
        return may and obj is not None and not obj.is_default and not obj.editions.exists()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **given: Any
    ) -> HttpResponse:
        calendar: Calendar | None = context.get("original")
        if calendar is not None:
            context |= {"standing": standing(calendar), "year_url": _year_url(calendar)}
        return super().render_change_form(request, context, *args, **given)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        """Note that a person wrote these rows, so that no library overwrites them."""
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            row.delete()
        for row in rows:
            row.source = ""
            if isinstance(row, CalendarYear):
                row.published_at = clock.now()
            row.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        now = clock.now()
        check(draft(form.instance), now=now)
        if PUBLISH in request.POST:
            self.tell_published(request, form.instance, publish(form.instance, now=now))

    def response_add(
        self, request: HttpRequest, obj: Calendar, post_url_continue: str | None = None
    ) -> HttpResponse:
        answer = super().response_add(request, obj, post_url_continue)
        return self._after_publishing(request, obj) or answer

    def response_change(self, request: HttpRequest, obj: Calendar) -> HttpResponse:
        answer = super().response_change(request, obj)
        return self._after_publishing(request, obj) or answer

    def _after_publishing(self, request: HttpRequest, calendar: Calendar) -> HttpResponse | None:
        """Stay on the page that was published; say of any other that it waits."""
        if PUBLISH in request.POST:
            return HttpResponseRedirect(
                reverse("admin:timekeeping_calendar_change", args=[calendar.pk])
            )
        found = standing(calendar)
        if found.waits:
            self.message_user(request, found.told, messages.WARNING)
        return None

    def tell_published(self, request: HttpRequest, calendar: Calendar, edition: Edition) -> None:
        self.log_change(request, calendar, f"Published version {edition.version}.")
        words = _("%(calendar)s: version %(version)s is in force.")
        self.message_user(request, words % {"calendar": calendar, "version": edition.version})

    @admin.display(description=_("state"))
    def state(self, calendar: Calendar) -> str:
        return standing(calendar).told

    @admin.display(description=_("year"))
    def year(self, calendar: Calendar) -> SafeString:
        return format_html('<a href="{}">{}</a>', _year_url(calendar), _("Show the year"))

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish_chosen(self, request: HttpRequest, chosen: QuerySet[Calendar]) -> None:
        for calendar in chosen:
            try:
                self.tell_published(request, calendar, publish(calendar, now=clock.now()))
            except BadCalendar as trouble:
                self.message_user(request, f"{calendar}: {trouble.reason}", messages.ERROR)

    @admin.action(description=_("Use for teams that have no calendar"), permissions=["change"])
    def make_default(self, request: HttpRequest, chosen: QuerySet[Calendar]) -> None:
        if chosen.count() != 1:
            self.message_user(request, _("Choose one calendar."), messages.ERROR)
            return
        calendar = chosen.get()
        if make_default(calendar):
            self.message_user(request, _("%s is used for teams that have none.") % calendar)
        else:
            self.message_user(request, _("Publish it first: it is not in force."), messages.ERROR)


@admin.register(CalendarDay)
class CalendarDayAdmin(Refusing):
    """Every special day, those of the libraries too. One that is edited is never overwritten."""

    form = CalendarDayForm
    fields = ("calendar", "on", "name", "windows", "is_one_off", "source")
    readonly_fields = ("source",)
    list_display = ("on", "calendar", "name", "hours", "is_one_off", "source")
    list_filter = ("calendar", "is_one_off", ("source", admin.EmptyFieldListFilter))
    list_select_related = ("calendar",)
    search_fields = ("name",)
    date_hierarchy = "on"

    @admin.display(description=_("working hours"))
    def hours(self, day: CalendarDay) -> str:
        shown = CalendarDayForm.base_fields["windows"].prepare_value(day.windows)
        return str(shown or _("no working hours"))

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        if form.has_changed() or not change:
            obj.source = ""
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        check(draft(form.instance.calendar), now=clock.now())

    def response_post_save_add(
        self, request: HttpRequest, obj: CalendarDay
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(_year_url(obj.calendar, obj.on.year))

    def response_post_save_change(
        self, request: HttpRequest, obj: CalendarDay
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(_year_url(obj.calendar, obj.on.year))


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin[Edition]):
    """Every edition that was ever in force. Nobody adds, changes or deletes one."""

    list_display = ("calendar", "version", "recorded_at")
    list_filter = ("calendar",)
    list_select_related = ("calendar",)
    ordering = ("-recorded_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return False


def _year_url(calendar: Calendar, year: int | None = None) -> str:
    return reverse("admin:timekeeping_calendar_year", args=[calendar.pk, year or clock.now().year])
