"""Administration of articles: they are read here and retired; everything else has its page."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from knowledge import articles
from knowledge.models import Article
from objections.errors import Refused
from timekeeping import clock


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin[Article]):
    list_display = ("title", "language", "product", "written_by", "published_at", "retired_at")
    list_filter = ("language", "cause_category", "published_at", "retired_at")
    search_fields = ("title", "body")
    exclude = ("tokens",)
    actions = ("retire",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        return super().get_queryset(request).select_related("product", "written_by").defer("tokens")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.action(description=_("Retire the chosen articles"), permissions=["view"])
    def retire(self, request: HttpRequest, chosen: QuerySet[Article]) -> None:
        """Retire those that are published, by the same service as on their pages."""
        assert isinstance(request.user, User)
        now, done = clock.now(), 0
        for article in chosen:
            try:
                articles.retire(article, by=request.user, now=now, seen=article.version)
            except Refused as refused:
                messages.error(request, f"{article}: {refused.sentence}")
            else:
                done += 1
        said = ngettext("{count} article retired", "{count} articles retired", done)
        messages.success(request, said.format(count=done))
