"""The addresses of cases: by public reference, never by a key of the database."""

from __future__ import annotations

from django.urls import path, register_converter

from objections.views import (
    analysis,
    decisions,
    explaining,
    files,
    links,
    opening,
    pages,
    steps,
    worksheets,
)


class ReferenceConverter:
    """A case's public reference, such as CT-2026-000123."""

    regex = r"CT-[0-9]{4}-[0-9]{6,10}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "case")

urlpatterns = [
    path("cases/new/", opening.new_case, name="new-case"),
    path("cases/new/clock/", opening.opening_clock, name="new-case-clock"),
    path("cases/new/customers/", opening.pick_customer, name="pick-customer"),
    path("cases/new/products/", opening.pick_product, name="pick-product"),
    path("cases/<case:reference>/", pages.case, name="case"),
    path("cases/<case:reference>/live/", pages.live, name="case-live"),
    path("cases/<case:reference>/timeline/", pages.timeline, name="case-timeline"),
    path("cases/<case:reference>/steps/<slug:action>/", steps.take, name="case-step"),
    path(
        "cases/<case:reference>/deadlines/<int:pk>/explain/",
        explaining.explain_deadline,
        name="explain-deadline",
    ),
    path("cases/<case:reference>/evidence/<slug:key>/", files.download, name="case-evidence"),
    path("cases/<case:reference>/whys/", analysis.write_why, name="case-whys"),
    path("cases/<case:reference>/whys/<int:number>/", analysis.correct_why, name="case-why"),
    path(
        "cases/<case:reference>/whys/<int:number>/take-back/",
        analysis.take_back_why,
        name="case-why-take-back",
    ),
    path("cases/<case:reference>/sheets/<slug:kind>/", worksheets.write_sheet, name="case-sheet"),
    path("cases/<case:reference>/links/", links.panel, name="case-links"),
    path("cases/<case:reference>/links/<int:pk>/revoke/", links.revoke, name="case-link-revoke"),
    path("cases/<case:reference>/remedies/", decisions.propose_remedy, name="case-remedies"),
    path(
        "cases/<case:reference>/remedies/<int:number>/<slug:decision>/",
        decisions.decide_remedy,
        name="case-remedy",
    ),
    path(
        "cases/<case:reference>/late-record/",
        decisions.confirm_late_record,
        name="case-late-record",
    ),
]
