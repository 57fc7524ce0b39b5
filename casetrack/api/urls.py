"""What programs see, under /api/."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import include, path
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from accounts.api.views import ApiView
from casetrack.api.sandbox import SandboxView
from casetrack.api.schema import SchemaView, docs


@extend_schema(exclude=True)
class NothingHere(ApiView):
    """Says no in the API's own way, to whoever asks."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path(
        "v1/",
        include(
            [
                path("", include("objections.api.urls")),
                path("", include("customers.api.urls")),
                path("sandbox/clock/", SandboxView.as_view()),
            ]
        ),
    ),
    path("<path:rest>", NothingHere.as_view()),
]
