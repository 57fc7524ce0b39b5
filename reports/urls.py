"""The addresses of a case's reports. ``?lang=`` names the language of one."""

from __future__ import annotations

from django.urls import path, register_converter

import objections.urls  # noqa: F401  what a case's reference looks like is registered there
from reports import views
from reports.vocabulary import ReportKind


class KindConverter:
    """The kind of a report, as ReportKind writes it."""

    regex = "up|8d"

    def to_python(self, value: str) -> ReportKind:
        return ReportKind(value)

    def to_url(self, value: str) -> str:
        return str(ReportKind(value).value)


register_converter(KindConverter, "report")

urlpatterns = [
    path("cases/<case:reference>/reports/<report:kind>/", views.report, name="case-report"),
    path(
        "cases/<case:reference>/reports/<report:kind>/print/",
        views.printed,
        name="case-report-print",
    ),
    path(
        "cases/<case:reference>/reports/<report:kind>/file.<slug:ending>",
        views.file,
        name="case-report-file",
    ),
    path(
        "cases/<case:reference>/reports/<report:kind>/parts/<slug:name>/",
        views.write_part,
        name="case-report-part",
    ),
    path(
        "cases/<case:reference>/reports/<report:kind>/parts/<slug:name>/again/",
        views.take_back,
        name="case-report-again",
    ),
]
