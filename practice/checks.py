"""What is checked before the product starts: that every scenario can be played."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from practice.scenarios import BadScenario, scenarios


@register
def scenarios_are_right(**_options: Any) -> list[CheckMessage]:
    try:
        scenarios()
    except BadScenario as error:
        return [Error(f"A scenario cannot be practised with: {error}", id="practice.E001")]
    return []
