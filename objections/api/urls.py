from __future__ import annotations

from django.urls import path, register_converter

from objections.api.views.cases import (
    CasesView,
    CaseView,
    EvidenceView,
    StepsView,
    TimelineView,
)
from objections.api.views.clocks import DeadlinesView, ExplainView
from objections.api.views.escalations import EscalationsView, TakeView


class Reference:
    """A case's public reference."""

    regex = r"CT-[0-9]{4}-[0-9]{6,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Key:
    """A row's number, no larger than the database knows."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Reference, "reference")
register_converter(Key, "key")

urlpatterns = [
    path("cases/", CasesView.as_view()),
    path("cases/<reference:reference>/", CaseView.as_view()),
    path("cases/<reference:reference>/steps/", StepsView.as_view()),
    path("cases/<reference:reference>/timeline/", TimelineView.as_view()),
    path("cases/<reference:reference>/evidence/", EvidenceView.as_view()),
    path("cases/<reference:reference>/deadlines/", DeadlinesView.as_view()),
    path("cases/<reference:reference>/deadlines/<key:key>/explain/", ExplainView.as_view()),
    path("escalations/", EscalationsView.as_view()),
    path("escalations/<key:key>/take/", TakeView.as_view()),
]
