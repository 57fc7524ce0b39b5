"""What the house has learned, written down to be found again."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from customers.models import Product
from objections.models import Case
from objections.vocabulary import CauseCategory


class Article(models.Model):
    """One piece of knowledge: a draft, then published, then retired. Timestamps say which.

    ``tokens`` are its words as ``objections.segmentation`` cuts them; the title weighs A,
    the text B. ``case`` is the case whose lesson it began as.
    """

    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=8, choices=Language)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    cause_category = models.CharField(
        _("cause category"), max_length=16, choices=CauseCategory, blank=True
    )
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("case")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("written by"),
    )  # fmt: skip
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"))
    updated_at = models.DateTimeField(_("last changed"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("published by"),
    )  # fmt: skip
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)
    tokens = SearchVectorField(editable=False)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-updated_at", "-pk"]
        indexes = [GinIndex(name="article_words", fields=["tokens"])]
        constraints = [
            models.CheckConstraint(
                name="article_retired_after_published",
                condition=Q(retired_at__isnull=True) | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.published_at is not None and self.retired_at is None

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class ArticleChange(models.Model):
    """What was done to an article, by whom and when. Written with the change, and never after."""

    class Kind(models.TextChoices):
        DRAFTED = "drafted", _("Drafted")
        REVISED = "revised", _("Revised")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    article = models.ForeignKey(Article, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-version", "-pk"]
        constraints = [
            models.UniqueConstraint(name="article_change_a_version", fields=["article", "version"]),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.version}: {self.kind}"
