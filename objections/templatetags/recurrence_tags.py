"""The panel of a case's page that says where else its trouble came up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from objections.selectors import recurrences
from objections.selectors.case_page import CasePage

register = template.Library()


@register.inclusion_tag("objections/case/recurrence.html", takes_context=True)
def recurrence(context: Mapping[str, Any], page: CasePage) -> dict[str, Any]:
    """Show with which cases this one is linked, and let it be linked."""
    return {
        "case": page.case,
        "now": page.now,
        "found": recurrences.of(page.case, page.user),
        "may_link": page.rights.act,
        "csrf_token": context.get("csrf_token"),
    }
