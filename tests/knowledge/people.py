"""Words that the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.models import User
from objections.models import Case

SignIn = Callable[[User], Browser]
AtStage = Callable[..., Case]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())
