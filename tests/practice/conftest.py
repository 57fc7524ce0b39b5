"""People who rehearse, and what they type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from objections.vocabulary import Action
from practice import services
from practice.models import Rehearsal
from practice.scenarios import scenarios
from tests.conftest import T0, People
from tests.objections.pages.conftest import in_english, sign_in
from tests.walks.conftest import opened_browser, screenshots

__all__ = ["in_english", "opened_browser", "screenshots", "sign_in"]

APOLOGY = (
    "Good morning Zhou Min, thank you for calling. The seal we fitted leaks, your line 2 has stood "
    "since six and forty people wait. I am sorry for that. Our engineer looks at the seal now, and "
    "we change our check so that it does not happen again."
)
GOOD: dict[Action, dict[str, list[str]]] = {
    Action.ACKNOWLEDGE: {
        "channel": ["phone"], "with_whom": ["Zhou Min"], "emotion": ["5"],
        "summary": [APOLOGY], "next_step": ["I call you at 14:00 with the result"],
    },
    Action.RESTATE: {
        "restatement": ["The seal leaks again and line 2 stands."],
        "interest": ["Line 2 runs today and does not stop again"],
        "channel": ["phone"], "with_whom": ["Zhou Min"], "agreed": ["Yes! The line."],
    },
    Action.COMMUNICATE_SOLUTION: {
        "channel": ["phone"], "with_whom": ["Zhou Min"], "emotion": ["3"],
        "message": [APOLOGY + " Tonight at 22:00 we change the seal. I call you at 22:30."],
        "cause": ["The filter in front of the seal was too coarse"],
        "cause_category": ["material"],
        "answer_1": ["The new seal leaks after three weeks because grit came through the filter"],
        "answer_2": ["We pay for the hours that the line stood"],
        "options-TOTAL_FORMS": ["3"], "options-INITIAL_FORMS": ["0"],
        "options-0-title": ["Seal and filter tonight"], "options-1-title": ["New pump on Friday"],
        "promises-TOTAL_FORMS": ["1"], "promises-INITIAL_FORMS": ["0"],
    },
    Action.CHOOSE: {"channel": ["phone"], "option": ["1"], "reply": ["The first"]},
    Action.CARRY_OUT: {"proof": ["Zhou Min saw it run at 23:10"]},
    Action.CLOSE_SATISFIED: {
        "score": ["5"], "words": ["Good"], "cause_category": ["material"], "nothing_new": ["on"],
    },
}  # fmt: skip


@pytest.fixture
def begun(people: People) -> Callable[..., Rehearsal]:
    def made(user: User | None = None, key: str = "stopped_line") -> Rehearsal:
        who = user or people.engineer
        return services.start(who, scenarios()[key], language="en", now=T0)

    return made


def refused(*_shown: Any) -> str:
    return "refused"


def take(rehearsal: Rehearsal, action: Action, **more: list[str]) -> str | None:
    """Take a step with what is typed above, changed by ``more``; "refused" where it is."""
    posted = {**GOOD.get(action, {}), **more}
    return services.take(rehearsal, action, posted, after=rehearsal.turns.count(), show=refused)


def walk(rehearsal: Rehearsal) -> None:
    """Go from the first call to the verdict, without a fault."""
    for action in GOOD:
        assert take(rehearsal, action) is None, action
