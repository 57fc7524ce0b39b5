"""What the coach in the browser needs: the rules once, and what a draft's numbers are like."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_POST, require_safe

from knowledge import prints
from knowledge.coach import Likeness, minhash
from knowledge.coach.browser import book
from knowledge.models import JargonTerm
from objections.permissions import visible, visible_to
from objections.views.requests import person
from timekeeping import clock

LONGEST_BODY = 4_000


def _rules_text(request: HttpRequest) -> str:
    terms = list(JargonTerm.objects.order_by("pk"))
    return json.dumps(book(terms), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _etag(request: HttpRequest) -> str:
    text = request.META["casetrack.coach"] = _rules_text(request)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


@login_required
@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=_etag)
def rules(request: HttpRequest) -> HttpResponse:
    """Answer the rules, the words of the house and the sentences, in the reader's language."""
    return HttpResponse(request.META["casetrack.coach"], content_type="application/json")


@login_required
@require_POST
def alike(request: HttpRequest) -> HttpResponse:
    """Answer what a draft's 64 numbers are like: the nearest template, the nearest reply."""
    asked = _asked(request.body)
    if asked is None:
        return HttpResponseBadRequest()
    signature, reference = asked
    here = visible_to(person(request)).filter(reference=reference).first()
    found = [
        *_templates(signature),
        *_replies(request, signature, here.customer_id if here else None),
    ]
    answer = [
        {"kind": one.kind, "similarity": one.similarity, "name": one.name, "day": one.day}
        for one in found
    ]
    return JsonResponse({"near": answer})


def _asked(body: bytes) -> tuple[list[int], str] | None:
    """Read the numbers and the case; nothing where they cannot be such."""
    try:
        given: Any = json.loads(body) if len(body) <= LONGEST_BODY else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    numbers, reference = given.get("signature"), given.get("case", "")
    if not isinstance(numbers, list) or len(numbers) != minhash.NUMBERS:
        return None
    if any(type(one) is not int or not -(1 << 31) <= one < 1 << 31 for one in numbers):
        return None
    is_name = isinstance(reference, str) and "\x00" not in reference
    return (numbers, reference[:20]) if is_name else None


def _templates(signature: list[int]) -> list[Likeness]:
    nearest = prints.nearest_template(signature)
    if nearest is None:
        return []
    row, similarity = nearest
    return [Likeness("template", similarity, name=row.name)]


def _replies(request: HttpRequest, signature: list[int], customer: int | None) -> list[Likeness]:
    """Return the nearest reply on a case that exists for who asks, and when it was sent."""
    seen = visible(person(request), "case__")
    nearest = prints.nearest_reply(signature, now=clock.now(), customer=customer, seen=seen)
    if nearest is None:
        return []
    day = date_format(localtime(nearest.record.occurred_at), "DATE_FORMAT")
    name = nearest.record.case.reference
    return [Likeness("reply", nearest.similarity, name=name, day=day)]
