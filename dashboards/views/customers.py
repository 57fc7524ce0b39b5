"""The customers, and the record of each."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.models import Customer
from dashboards.selectors import customers
from dashboards.views import requests
from timekeeping import clock


@require_safe
@never_cache
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Find a customer by name, contact person, phone or number."""
    words = request.GET.get("q", "").replace("\x00", "")[:120]
    found = customers.find(requests.person(request), words, requests.page_number(request))
    context = {
        "found": found,
        "words": words,
        "query": requests.query(request, without=("page",)),
        "now": clock.now(),
    }
    return render(request, "customers/list.html", context)


@require_safe
@never_cache
@login_required
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A customer's record: who they are, what is open, what was, how content they were."""
    people = ("dedicated_team__supervisor", "emergency_contact")
    customer = get_object_or_404(Customer.objects.select_related(*people), pk=pk)
    now = clock.now()
    record = customers.record(
        customer, requests.person(request), requests.page_number(request), now=now
    )
    return render(request, "customers/record.html", {"record": record, "now": now, "query": ""})
