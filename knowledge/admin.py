"""Administration of what the house knows. Everybody else keeps the same rows by the same forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from knowledge import article_admin, templates  # noqa: F401 - it registers the articles
from knowledge.keeping import CardForm, KeptForm, TemplateForm, TermForm
from knowledge.models import JargonTerm, PlaybookCard, ReplyTemplate
from timekeeping import clock


class Kept(admin.ModelAdmin[Any]):
    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool
    ) -> None:
        if isinstance(form, KeptForm):
            form.settle(now=clock.now())
        super().save_model(request, obj, form, change)


@admin.register(PlaybookCard)
class PlaybookCardAdmin(Kept):
    form = CardForm
    list_display = ("style", "language", "phrase")
    list_filter = ("language", "style")


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(Kept):
    """Shows how a template reads with sample values, and which variables there are."""

    form = TemplateForm
    list_display = ("name", "language", "stage", "kind", "retired_at")
    list_filter = ("language", "stage", "kind", ("retired_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "body")
    readonly_fields = ("variables", "preview")

    @admin.display(description=_("variables"))
    def variables(self, row: ReplyTemplate) -> SafeString:
        known = (("{" + name + "}", one.meaning) for name, one in templates.VARIABLES.items())
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li><code>{}</code> {}</li>", known)
        )

    @admin.display(description=_("preview with sample values"))
    def preview(self, row: ReplyTemplate) -> SafeString:
        if not row.pk:
            return SafeString("–")
        return format_html("<pre>{}</pre>", templates.previewed(row).text)


@admin.register(JargonTerm)
class JargonTermAdmin(Kept):
    form = TermForm
    list_display = ("term", "plain", "language")
    list_filter = ("language",)
    search_fields = ("term", "plain")

    def get_queryset(self, request: HttpRequest) -> QuerySet[JargonTerm]:
        return JargonTerm.objects.order_by("language", "term")
