"""What I was told: the list behind the bell."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboards.selectors.paging import part_of
from dashboards.views import requests
from objections import notices
from objections.vocabulary import NoticeChannel
from timekeeping import clock

PAGE = 50


@require_safe
@never_cache
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Everything this person was told in the product, what is new first."""
    user = requests.person(request)
    told = user.notices.filter(channel=NoticeChannel.IN_APP)
    part = part_of(
        told.select_related("case__customer", "deadline").order_by("-created_at", "-pk"),
        requests.page_number(request),
        PAGE,
    )
    context = {"part": part, "unseen": notices.unseen(user).count(), "now": clock.now()}
    return render(request, "dashboards/notices.html", context)


@require_POST
@login_required
def seen(request: HttpRequest) -> HttpResponse:
    """Mark as seen what the person had before their eyes; what came in meanwhile stays new."""
    asked = request.POST.getlist("id")[:PAGE]
    ids = [int(one) for one in asked if one.isascii() and one.isdigit() and len(one) < 19]
    notices.mark_seen(requests.person(request), ids, now=clock.now())
    return redirect("notices")
