"""The pages of practice. What a play shows is rendered before it is rolled back."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from objections.errors import Refused
from objections.forms.steps import StepForm
from objections.permissions import may_open
from objections.views.requests import person
from objections.vocabulary import Action, CustomerStyle
from practice import debrief, selectors, services, showing
from practice.errors import PracticeRefused, RehearsalOver
from practice.models import Rehearsal
from practice.playing import Play, played
from practice.scenarios import DIFFICULTIES, Scenario, scenarios
from timekeeping import clock


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Choose a scenario, and see the rehearsals of before."""
    user, language = person(request), get_language() or ""
    style, difficulty = request.GET.get("style", ""), request.GET.get("difficulty", "")
    found = [
        (one, one.told(language))
        for one in scenarios().values()
        if style in ("", one.style) and difficulty in ("", str(one.difficulty))
    ]
    context = {
        "found": found,
        "styles": CustomerStyle.choices,
        "difficulties": DIFFICULTIES,
        "style": style,
        "difficulty": difficulty,
        "may_practise": may_open(user),
        "mine": _listed(selectors.mine(user)[: selectors.RECENT], language),
        "shared": _listed(selectors.shared(user)[: selectors.RECENT], language),
    }
    return render(request, "practice/home.html", context)


def _listed(rows: Iterable[Rehearsal], language: str) -> list[tuple[Rehearsal, Scenario, str]]:
    """Return rehearsals with their scenario; one whose file is gone is not listed."""
    known = scenarios()
    kept = [(row, known[row.scenario]) for row in rows if row.scenario in known]
    return [(row, one, one.told(language).title) for row, one in kept]


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    scenario = scenarios().get(request.POST.get("scenario", ""))
    if scenario is None:
        raise Http404
    if not may_open(person(request)):
        raise PermissionDenied
    rehearsal = services.start(
        person(request), scenario, language=get_language() or "", now=clock.now()
    )
    return redirect("rehearsal", rehearsal.pk)


@login_required
@never_cache
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a rehearsal as it stands; one that has ended by its debrief."""
    rehearsal = get_object_or_404(selectors.visible(person(request)), pk=pk)
    if rehearsal.is_over:
        return _debrief(request, rehearsal)
    return _stage(request, rehearsal, do=request.GET.get("do", ""))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Take a step of a rehearsal, or show its form again with what stands against it."""
    rehearsal = _own(request, pk)
    if action not in [one.value for one in showing.OFFERED]:
        raise Http404(action)
    if request.method != "POST":
        return HttpResponseRedirect(f"{reverse('rehearsal', args=[pk])}?do={action}#work")
    after, posted = _after(request), _posted(request)

    def shown(play: Play, form: StepForm, refused: Refused | None) -> tuple[str, int]:
        return showing.stage(request, play, after, do=action, form=form, refused=refused)

    try:
        page = services.take(rehearsal, Action(action), posted, after=after, show=shown)
    except PracticeRefused as refused:
        return _refused(request, rehearsal, refused, action)
    return redirect("rehearsal", pk) if page is None else _page(request, rehearsal, *page)


@login_required
@require_POST
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    """Let simulated time pass."""
    rehearsal = _own(request, pk)
    length = services.WAITS.get(request.POST.get("length", ""))
    if length is None:
        raise Http404
    try:
        services.wait(rehearsal, length, after=_after(request))
    except PracticeRefused as refused:
        return _refused(request, rehearsal, refused)
    return redirect("rehearsal", pk)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    services.finish(_own(request, pk), now=clock.now())
    return redirect("rehearsal", pk)


@login_required
@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    services.share(_own(request, pk), request.POST.get("shared") == "1", now=clock.now())
    return redirect("rehearsal", pk)


def _own(request: HttpRequest, pk: int) -> Rehearsal:
    """Return a rehearsal of one's own: nobody acts in another person's."""
    return get_object_or_404(selectors.mine(person(request)), pk=pk)


def _scenario(rehearsal: Rehearsal) -> Scenario:
    found = scenarios().get(rehearsal.scenario)
    if found is None:
        raise Http404(rehearsal.scenario)
    return found


def _after(request: HttpRequest) -> int:
    given = request.POST.get("after", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 5 else -1


def _posted(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in request.POST.lists()}


def _refused(
    request: HttpRequest, rehearsal: Rehearsal, refused: PracticeRefused, action: str = ""
) -> HttpResponse:
    """Show the rehearsal as it is now, why what came was not taken, and what was typed."""
    if isinstance(refused, RehearsalOver):
        messages.error(request, refused.sentence)
        answer = _debrief(
            request, get_object_or_404(selectors.mine(person(request)), pk=rehearsal.pk)
        )
        answer.status_code = HTTPStatus.CONFLICT
        return answer
    if not action:
        messages.error(request, refused.sentence)
    return _stage(request, rehearsal, do=action, refused=refused)


def _stage(
    request: HttpRequest, rehearsal: Rehearsal, *, do: str, refused: Refused | None = None
) -> HttpResponse:
    turns = list(rehearsal.turns.all())
    with played(rehearsal, _scenario(rehearsal), turns) as play:
        form = play.form(Action(do), _posted(request)) if refused and do else None
        body, status = showing.stage(request, play, len(turns), do=do, form=form, refused=refused)
    return _page(request, rehearsal, body, HTTPStatus.CONFLICT if refused else status)


def _debrief(request: HttpRequest, rehearsal: Rehearsal) -> HttpResponse:
    turns, tries = list(rehearsal.turns.all()), list(rehearsal.refused_tries.all())
    with played(rehearsal, _scenario(rehearsal), turns) as play:
        seen = debrief.of(play, tries, language=get_language() or "")
        body = showing.debrief(play, seen)
    return _page(request, rehearsal, body, HTTPStatus.OK)


def _page(request: HttpRequest, rehearsal: Rehearsal, body: str, status: int) -> HttpResponse:
    scenario = _scenario(rehearsal)
    context = {
        "rehearsal": rehearsal,
        "scenario": scenario,
        "words": scenario.told(rehearsal.language),
        "body": body,
        "is_mine": rehearsal.user_id == person(request).pk,
    }
    return render(request, "practice/rehearsal.html", context, status=status)
