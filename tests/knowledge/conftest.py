"""Cases in every stage and people in front of them, as the pages of a case have them."""

from __future__ import annotations

from tests.objections.pages.conftest import at_stage, in_english, now, sign_in
from tests.walks.conftest import opened_browser, screenshots

__all__ = ["at_stage", "in_english", "now", "opened_browser", "screenshots", "sign_in"]
