"""My desk, and giving several cases to somebody at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from dashboards import assigning
from dashboards.selectors import desk, scope
from dashboards.selectors.desk import Tab
from dashboards.selectors.filters import CaseFilter
from dashboards.views import requests
from objections.forms.fields import ReferencesField
from objections.permissions import WRITE_NOTHING_ROLES
from timekeeping import clock


class AssignForm(forms.Form):
    """``pick`` are references, ``to`` a colleague of the teams that one sees."""

    pick = ReferencesField()
    to = forms.ModelChoiceField(label=gettext_lazy("Give to"), queryset=User.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ModelChoiceField(queryset=scope.colleagues(user))


@require_safe
@never_cache
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The cases that need me. Asked again by the page itself, it answers 204 if nothing changed."""
    user = requests.person(request)
    narrowed = CaseFilter(request.GET)
    tab = requests.choice(request, "tab", Tab, _first_tab(user))
    page = desk.show(user, tab, narrowed, requests.page_number(request), now=clock.now())
    context = {
        "desk": page,
        "now": page.now,
        "filter": narrowed,
        "tabs": desk.tabs(page),
        "query": requests.query(request, without=("page", "print")),
        "tab_query": requests.query(request, without=("page", "print", "tab")),
        "assign": AssignForm(user=user),
        "may_write": user.role not in WRITE_NOTHING_ROLES,
    }
    prints = {"desk_live": requests.fingerprint(*desk.facts(page), context["query"])}
    return requests.live(request, "dashboards/desk.html", context, prints)


def _first_tab(user: User) -> Tab:
    return Tab.ALL if user.role in scope.OVERSEERS else Tab.MINE


@require_POST
@login_required
def assign(request: HttpRequest) -> HttpResponse:
    """Give the picked cases to a colleague, each one for itself; say which failed and why."""
    user = requests.person(request)
    form = AssignForm(request.POST, user=user)
    if not form.is_valid():
        messages.error(request, _("Pick at least one case, and say who gets it."))
        return redirect(requests.back(request, "desk"))
    to, picked = form.cleaned_data["to"], form.cleaned_data["pick"]
    done = assigning.assign(picked, to, by=user, now=clock.now())
    if done.given:
        words = ngettext(
            "{count} case now belongs to {name}", "{count} cases now belong to {name}", done.given
        )
        messages.success(request, words.format(count=done.given, name=to))
    if done.refused:
        lines = [f"{reference}: {sentence}" for reference, sentence in done.refused]
        messages.warning(request, "\n".join([_("These stayed where they were"), *lines]))
    return redirect(requests.back(request, "desk"))


@require_safe
@never_cache
@login_required
def cases(request: HttpRequest) -> HttpResponse:
    """Every case that exists for this person, the newest first or by search."""
    user = requests.person(request)
    narrowed = CaseFilter(request.GET, ended=True)
    now = clock.now()
    found = desk.every(user, narrowed, requests.page_number(request), now=now)
    context = {
        "found": found,
        "may_write": user.role not in WRITE_NOTHING_ROLES,
        "now": now,
        "filter": narrowed,
        "query": requests.query(request, without=("page",)),
    }
    return render(request, "dashboards/cases.html", context)
