"""Articles: drafted by whoever works here, published and retired by those who answer for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from customers.models import Product
from knowledge.models import Article, ArticleChange
from objections import searching
from objections.errors import FieldInvalid, Refused
from objections.models import Case
from objections.permissions import visible_to
from objections.segmentation import folded

Kind = ArticleChange.Kind
PUBLISHERS = {Role.ANALYST, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}
READERS_OF_ALL = {*PUBLISHERS, Role.AUDITOR}
SHORTEST_NAME = 2
AT_ONCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What an article says, and of what."""

    title: str
    body: str
    language: str
    product: Product | None = None
    cause_category: str = ""


class NotForYou(Refused):
    """This person may not do that with this article."""

    @property
    def sentence(self) -> str:
        return str(_("You may not do this with this article."))


class ArticleChanged(Refused):
    """Somebody else changed the article since it was read. ``article`` is as it stands now."""

    def __init__(self, article: Article) -> None:
        super().__init__(f"{article.pk} is at version {article.version}")
        self.article = article

    @property
    def sentence(self) -> str:
        return str(_("Somebody changed this article in the meantime. Nothing was saved."))


class NotInThisState(Refused):
    """The article is published already, or is not."""

    SENTENCES: dict[Kind, str | Lazy] = {
        Kind.PUBLISHED: _("This article is published already."),
        Kind.RETIRED: _("Only a published article can be retired."),
    }

    def __init__(self, wanted: Kind) -> None:
        super().__init__(wanted)
        self.wanted = wanted

    @property
    def sentence(self) -> str:
        return str(self.SENTENCES[self.wanted])


class NamesCustomer(Refused):
    """The text names the customer of the case that it began as."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        super().__init__(", ".join(self.names))

    @property
    def sentence(self) -> str:
        return str(
            _("Everybody here reads a published article. Leave out whom it happened to: %(names)s")
            % {"names": ", ".join(self.names)}
        )


# Who may


def may_draft(user: User) -> bool:
    """Tell whether this person may write articles: all who work here, but auditors."""
    return user.is_active and user.role != Role.AUDITOR


def may_publish(user: User) -> bool:
    """Tell whether this person may publish and retire articles."""
    return user.is_active and user.role in PUBLISHERS


def may_revise(user: User, article: Article) -> bool:
    """Tell whether this person may change the text: their own drafts; those who publish, all."""
    own = may_draft(user) and article.is_draft and article.written_by_id == user.pk
    return own or may_publish(user)


def readable_by(user: User) -> QuerySet[Article]:
    """Return the articles that exist for this person.

    Published ones for everybody; drafts and retired ones for their author and for those
    who publish; all for auditors.
    """
    if not user.is_active:
        return Article.objects.none()
    if user.role in READERS_OF_ALL:
        return Article.objects.all()
    published = Q(published_at__isnull=False, retired_at__isnull=True)
    return Article.objects.filter(published | Q(written_by=user))


def begin(case: Case, language: str) -> ArticleText:
    """Return what an article made of this case's lesson begins with."""
    return ArticleText(
        title=case.title, body=case.lesson, language=language, product=case.product,
        cause_category=case.cause_category,
    )  # fmt: skip


def has_lesson(case: Case) -> bool:
    return bool(case.lesson.strip()) and not case.is_open


# What is done


@transaction.atomic
def draft(text: ArticleText, *, by: User, now: datetime, case: Case | None = None) -> Article:
    """Write down a new article. Nobody but its author and those who publish reads it yet.

    ``case`` is the closed case whose lesson it is made of, one that exists for this
    person. The same draft by the same person within the hour is the one that is there
    already: a form was sent twice. Raises NotForYou, FieldInvalid.
    """
    if not may_draft(by):
        raise NotForYou
    if case is not None and not (
        has_lesson(case) and visible_to(by).filter(pk=case.pk).exists()
    ):  # fmt: skip
        raise NotForYou
    _check(text)
    if (standing := _same(text, case, by, now)) is not None:
        return standing
    article = Article.objects.create(
        title=text.title.strip(), body=text.body.strip(), language=text.language,
        product=text.product, cause_category=text.cause_category, case=case, written_by=by,
        created_at=now, updated_at=now, tokens=_tokens(text),
    )  # fmt: skip
    _record(article, Kind.DRAFTED, by, now)
    return article


def _same(text: ArticleText, case: Case | None, by: User, now: datetime) -> Article | None:
    """Return this person's same draft of just now; who sends it twice at once takes turns."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine = Article.objects.filter(written_by=by, published_at=None, created_at__gt=now - AT_ONCE)
    return mine.filter(
        title=text.title.strip(), body=text.body.strip(), language=text.language, case=case,
        product=text.product, cause_category=text.cause_category,
    ).first()  # fmt: skip


@transaction.atomic
def revise(
    article: Article, text: ArticleText, *, by: User, now: datetime, seen: int
) -> Article:  # fmt: skip
    """Change what an article says; ``seen`` is the version that was read.

    A published one stays published, and so may not name the customer. Of two who change it
    at once the second gets ArticleChanged. Raises NotForYou, NamesCustomer, FieldInvalid.
    """
    found = _locked(article, seen)
    if not may_revise(by, found):
        raise NotForYou
    _check(text)
    if found.is_published:
        _refuse_names(found, text.title, text.body)
    found.title, found.body = text.title.strip(), text.body.strip()
    found.language, found.product = text.language, text.product
    found.cause_category = text.cause_category
    found.tokens = _tokens(text)
    return _changed(found, Kind.REVISED, by, now)


@transaction.atomic
def publish(article: Article, *, by: User, now: datetime, seen: int) -> Article:
    """Show a draft, or a retired article again, to everybody who works here.

    What is published is the version that was read. Raises NotForYou, NotInThisState,
    NamesCustomer, ArticleChanged.
    """
    found = _locked(article, seen)
    if not may_publish(by):
        raise NotForYou
    if found.is_published:
        raise NotInThisState(Kind.PUBLISHED)
    _refuse_names(found, found.title, found.body)
    found.published_at, found.published_by, found.retired_at = now, by, None
    return _changed(found, Kind.PUBLISHED, by, now)


@transaction.atomic
def retire(article: Article, *, by: User, now: datetime, seen: int) -> Article:
    """Take a published article out of sight. It is kept, and can be published again."""
    found = _locked(article, seen)
    if not may_publish(by):
        raise NotForYou
    if not found.is_published:
        raise NotInThisState(Kind.RETIRED)
    found.retired_at = now
    return _changed(found, Kind.RETIRED, by, now)


# Whom it happened to


def named(case: Case | None, *texts: str) -> list[str]:
    """Return which names, numbers and addresses of the case's customer these texts hold.

    Latin names count as whole words, so that a contact called Li is not found in "line".
    """
    if case is None or case.customer is None:
        return []
    whole = folded("\n".join(texts))
    known = [case.customer.name]
    for contact in case.customer.contacts.all():
        known += [contact.name, contact.phone, contact.email]
    return [one for one in dict.fromkeys(known) if _holds(whole, folded(one.strip()))]


def _holds(text: str, name: str) -> bool:
    if len(name) < SHORTEST_NAME:
        return False
    if not name.isascii():
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None


def _refuse_names(article: Article, *texts: str) -> None:
    if names := named(article.case, *texts):
        raise NamesCustomer(names)


# How it is written


def _check(text: ArticleText) -> None:
    for name in ("title", "body"):
        if not str(getattr(text, name)).strip():
            raise FieldInvalid(name, "empty")


def _tokens(text: ArticleText) -> object:
    return searching.vector((text.title, "A"), (text.body, "B"))


def _locked(article: Article, seen: int) -> Article:
    found = Article.objects.select_for_update().get(pk=article.pk)
    if found.version != seen:
        raise ArticleChanged(found)
    return found


def _changed(article: Article, kind: Kind, by: User, now: datetime) -> Article:
    article.version += 1
    article.updated_at = now
    article.save()
    _record(article, kind, by, now)
    return Article.objects.get(pk=article.pk)


def _record(article: Article, kind: Kind, by: User, now: datetime) -> None:
    ArticleChange.objects.create(article=article, kind=kind, version=article.version, at=now, by=by)
