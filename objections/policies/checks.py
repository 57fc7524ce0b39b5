"""Whether a policy as a whole can work: asked before it is published. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.functional import Promise as Lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Team, User
from objections.deadlines import terms
from objections.models import Allowance, Case, Policy, Rung
from objections.policies import lengths, rows
from objections.vocabulary import OPEN_STAGES, Promise, Unit
from timekeeping import calendars, editions
from timekeeping.calendars import BadCalendar, NoFuture
from timekeeping.models import Edition


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a policy cannot be published: what is wrong, and with which of its allowances."""

    words: str
    allowance: Allowance | None = None
    field: str = ""

    @property
    def sentence(self) -> str:
        """The problem with the place where it is, in the present language."""
        place = [title(self.allowance)] if self.allowance is not None else []
        place += [self.field] if self.field else []
        if not place:
            return self.words
        return _("{where}: {problem}").format(where=" · ".join(place), problem=self.words)


def title(allowance: Allowance) -> str:
    """Return what an allowance is for: "Response (Complaint, Crisis)"."""
    said = [
        allowance.get_kind_display(), allowance.get_urgency_display(),
        allowance.get_tier_display(), str(allowance.team or ""), str(allowance.product or ""),
    ]  # fmt: skip
    inside = pgettext("between names", ", ").join(str(word) for word in said if word)
    promise = str(allowance.get_promise_display())
    if not inside:
        return promise
    return _("{promise} ({for_what})").format(promise=promise, for_what=inside)


def problems(policy: Policy, *, now: datetime) -> list[Problem]:
    """Return all that keeps a policy from being published at ``now``; empty if nothing does."""
    rungs = Prefetch("rungs", Rung.objects.select_related("person"))
    related = policy.allowances.select_related("team", "product").prefetch_related(rungs)
    allowances = list(related.order_by("promise", "kind", "urgency", "pk"))
    found = [*_gaps(allowances)]
    for allowance in allowances:
        found += _in_row(allowance)
        found += _in_ladder(allowance)
    found += _nobody(allowances, _teams(), now)
    if not found:
        found += _without_future(policy, allowances, now)
    return found


def _gaps(allowances: Iterable[Allowance]) -> Iterator[Problem]:
    said = {row.promise for row in allowances if row.is_general}
    missing = [str(promise.label) for promise in Promise if promise not in said]
    if missing:
        words = _("There must be an allowance for any case, without a selector, for: %s")
        yield Problem(words % pgettext("between names", ", ").join(missing))


def _in_row(allowance: Allowance) -> Iterator[Problem]:
    try:
        allowance.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            yield Problem(" ".join(messages), allowance, _label(Allowance, name))


def _in_ladder(allowance: Allowance) -> Iterator[Problem]:
    ladder = list(allowance.rungs.all())
    for rung in ladder:
        rung.allowance = allowance
        for name, words in rows.rung_faults(rung).items():
            yield Problem(str(words), allowance, f"{rung_title(rung)} {_label(Rung, name)}".strip())
    for fault in rows.ladder_faults(known_length(allowance), ladder):
        yield Problem(str(fault.words), allowance, rung_title(ladder[fault.number]))


def known_length(allowance: Allowance) -> timedelta | None:
    """Return the length that shares can be compared by; None for working days."""
    return None if allowance.unit == Unit.DAYS else allowance.length


def rung_title(rung: Rung) -> str:
    """Return a rung in short: "level 2 at 15 min"."""
    when = lengths.words(rung.offset) if rung.offset is not None else f"{rung.percent} %"
    return _("level {level} at {when}").format(level=rung.level, when=when)


def _label(model: type[Allowance] | type[Rung], name: str) -> str:
    if name in ("", NON_FIELD_ERRORS):
        return ""
    verbose: str | Lazy = model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return capfirst(str(verbose))


# Who is there to escalate to


def _teams() -> Iterable[Team]:
    """Return the teams that have open cases, and the one that takes what nobody else does."""
    cases = Case.objects.filter(team=OuterRef("pk"), stage__in=OPEN_STAGES)
    chosen = Team.objects.filter(Q(is_default=True) | Exists(cases))
    return chosen.select_related("supervisor", "manager", "duty_officer").order_by("name", "pk")


def _nobody(
    allowances: Sequence[Allowance], teams: Iterable[Team], now: datetime
) -> Iterator[Problem]:
    for team in teams:
        if _has_somebody(team, now):
            continue
        silent = [row for row in allowances if row.team in (None, team) and not _names_one(row)]
        if silent:
            promises = pgettext("between names", ", ").join(title(row) for row in silent)
            words = _(
                "In the team %(team)s there is nobody to escalate to: no supervisor, no manager,"
                " no duty officer. Name one, or a person on a level of: %(promises)s"
            )
            yield Problem(words % {"team": team, "promises": promises})


def _has_somebody(team: Team, now: datetime) -> bool:
    standing: list[User | None] = [team.supervisor, team.manager, team.duty_officer]
    if any(person is not None and person.is_active for person in standing):
        return True
    return team.duty_shifts.filter(user__is_active=True, ends_at__gt=now).exists()


def _names_one(allowance: Allowance) -> bool:
    return any(
        rung.level and rung.person is not None and rung.person.is_active
        for rung in allowance.rungs.all()
    )


# Whether the calendars have working time ahead


def _without_future(
    policy: Policy, allowances: Iterable[Allowance], now: datetime
) -> Iterator[Problem]:
    lines = terms.lines_of(policy)
    for allowance in allowances:
        if allowance.unit == Unit.ELAPSED or allowance.promise == Promise.COMMITMENT:
            continue
        for team in _calendars(allowance):
            try:
                _try_out(lines, allowance, team, now)
            except (NoFuture, BadCalendar, Edition.DoesNotExist):
                calendar = team.calendar if team is not None else None
                words = _("The working calendar %(calendar)s has not so much working time ahead.")
                said = {"calendar": calendar or _("of teams that have none")}
                yield Problem(words % said, allowance, _label(Allowance, "unit"))


def _calendars(allowance: Allowance) -> Iterator[Team | None]:
    """Yield one team for each calendar that the allowance may be counted by."""
    if allowance.team is not None:
        yield allowance.team
        return
    yield None
    with_one = Team.objects.exclude(calendar=None).select_related("calendar")
    yield from with_one.order_by("calendar_id", "pk").distinct("calendar_id")


def _try_out(
    lines: Sequence[terms.Line], allowance: Allowance, team: Team | None, now: datetime
) -> None:
    """Count an allowance that starts now, and its rungs, with no mercy for the calendar.

    A clock would go on in elapsed time. Raises NoFuture where it had to.
    """
    facts = terms.Facts(
        allowance.kind, allowance.urgency, allowance.tier, team, allowance.product_id
    )
    promise = Promise(allowance.promise)
    given = terms.choose(lines, facts, [promise])[promise]
    if given.length is None or given.edition is None:
        return
    hours = editions.hours(given.edition)
    if given.unit is Unit.DAYS:
        calendars.end_of_working_day(hours, now, given.length.days)
        return
    last = max(rung.get("own", 0.0) for rung in given.ladder(now, given.due(now)))
    calendars.add(hours, now, given.length)
    calendars.add(hours, now, given.length + timedelta(seconds=last))
