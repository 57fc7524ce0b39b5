"""Troubles that came up again: for those who look across cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from customers.models import Product
from dashboards.selectors import recurrences
from dashboards.views import requests
from objections.permissions import may
from objections.vocabulary import Action
from timekeeping import clock

PERIODS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("a year"))]
USUAL = 90


class RecurrenceFilter(forms.Form):
    """Period and product. A value that means nothing is shown as an error, and not applied."""

    days = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False, initial="90")
    product: Any = forms.ModelChoiceField(
        Product.objects.none(), label=_("Product"), required=False, empty_label=_("Any")
    )

    def __init__(self, *args: Any, products: QuerySet[Product], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["product"].queryset = products  # type: ignore[attr-defined]


def _reader(request: HttpRequest) -> User:
    user = requests.person(request)
    if not recurrences.may_read(user):
        raise PermissionDenied
    return user


@require_safe
@never_cache
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Show what came up again in a period, and what nobody has linked yet."""
    user, now = _reader(request), clock.now()
    asked = request.GET or {"days": str(USUAL)}
    form = RecurrenceFilter(asked, products=recurrences.products(user))
    form.is_valid()
    product = form.cleaned_data.get("product")
    days = int(form.cleaned_data.get("days") or USUAL)
    page = requests.page_number(request)
    found = recurrences.groups(user, since=now - timedelta(days=days), product=product, page=page)
    context = {
        "filter": form,
        "found": found,
        "clusters": recurrences.not_linked(user, now=now, product=product) if page == 1 else [],
        "query": requests.query(request, without=("page",)),
        "now": now,
    }
    return render(request, "dashboards/recurrences.html", context)


@require_safe
@never_cache
@login_required
def compare(request: HttpRequest) -> HttpResponse:
    """Set some cases side by side, to see whether it is one trouble."""
    user = _reader(request)
    cases = recurrences.compared(user, request.GET.getlist("of"))
    first = cases[0] if cases else None
    linked = recurrences.same_trouble(cases)
    rows = [(one, one != first and not linked and _may_link(user, one)) for one in cases]
    context = {"rows": rows, "first": first, "linked": linked, "now": clock.now()}
    return render(request, "dashboards/recurrences_compared.html", context)


def _may_link(user: User, case: Any) -> bool:
    return case.recurrence_of_id is None and may(user, Action.LINK_RECURRENCE, case)
