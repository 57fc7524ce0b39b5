"""Seeing, planning and deleting absences, and naming a stand-in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.absences import AbsenceForm, StandInForm, absences_of, looked_after
from accounts.models import User
from timekeeping import clock


def _person(request: HttpRequest, pk: int | None) -> User:
    """Return whose page it is: one's own, or that of somebody one looks after."""
    assert isinstance(request.user, User)
    if pk is None or pk == request.user.pk:
        return request.user
    found = looked_after(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest, person: User) -> HttpResponse:
    return redirect("absences") if person == request.user else redirect("absences-of", person.pk)


def _page(request: HttpRequest, person: User, status: int = 200, **forms: Any) -> HttpResponse:
    assert isinstance(request.user, User)
    context = {
        "person": person,
        "absences": absences_of(person),
        "stand_in_form": StandInForm(person=person),
        "form": AbsenceForm(person=person),
        "ring": services.ring(person),
        "others": looked_after(request.user),
        "now": clock.now(),
    }
    return render(request, "accounts/absences.html", context | forms, status=status)


@require_safe
@login_required
def show(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The absences of a person, who stands in, and the two forms to change that."""
    return _page(request, _person(request, pk))


@require_POST
@login_required
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan an absence. What is refused comes back with what was typed, and says why."""
    person = _person(request, pk)
    form = AbsenceForm(request.POST, person=person)
    if not form.save():
        return _page(request, person, status=400, form=form)
    messages.success(request, _("The absence is noted."))
    return _back(request, person)


@require_POST
@login_required
def delete(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """Delete an absence: from now on the person counts as here, as far as it goes."""
    person = _person(request, pk)
    services.cancel_absence(get_object_or_404(person.absences, pk=absence))
    messages.success(request, _("The absence is deleted."))
    return _back(request, person)


@require_POST
@login_required
def stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who stands in for a person, and warn of a ring that comes back to them."""
    person = _person(request, pk)
    form = StandInForm(request.POST, person=person)
    if not form.save():
        person.refresh_from_db()
        return _page(request, person, status=400, stand_in_form=form)
    messages.success(request, _("The stand-in is noted."))
    return _back(request, person)
