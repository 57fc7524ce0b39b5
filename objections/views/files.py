"""Evidence leaves the store through here, and only to those who may see its case."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from objections import evidence
from objections.services.records import read_restricted
from objections.views.requests import case_or_404, person
from timekeeping import clock


@login_required
@require_safe
def download(request: HttpRequest, reference: str, key: str) -> FileResponse:
    """Send a file: pictures to look at, everything else to save. Nothing in it can run."""
    case = case_or_404(request, reference)
    row = case.evidence.filter(stored_as__startswith=f"{key[:2]}/{key}.").first()
    if row is None:
        raise Http404(key)
    try:
        stored = evidence.open_stored(row.stored_as)
    except FileNotFoundError as error:
        raise Http404(key) from error
    read_restricted(case, person(request), now=clock.now())
    shown = row.content_type in evidence.SHOWN_INLINE
    response = FileResponse(
        stored, as_attachment=not shown, filename=row.name, content_type=row.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, private=True, max_age=3600)
    return response
