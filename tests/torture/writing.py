"""People who answer at a given moment; or somebody who rings without a rest.

Started as `python -m tests.torture.writing [ring]` by the trial of races. Each line of JSON on
standard input lists cases and moments of the database's clock, and is answered by one line.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime


def write(share: list[tuple[int, str]]) -> dict[str, object]:
    """Acknowledge each case at its moment. That somebody else was first is no trouble."""
    from django.db import Error

    from objections.actors import Actor
    from objections.errors import Refused
    from objections.models import Case
    from objections.services.stepping import take_steps
    from tests.stories import ACKNOWLEDGE
    from tests.torture import house
    from timekeeping import clock

    by = Actor.person(house.engineer())
    apart = clock.now().timestamp() - time.time()
    answered, trouble = 0, []
    for number, moment in share:
        case = Case.objects.get(pk=number)
        time.sleep(max(0.0, datetime.fromisoformat(moment).timestamp() - apart - time.time()))
        try:
            take_steps(case, [ACKNOWLEDGE], by=by, now=clock.now())
            answered += 1
        except Error as error:
            trouble.append(f"{type(error).__name__}: {error}")
        except Refused:
            continue
    return {"answered": answered, "trouble": trouble}


def ring() -> None:
    from objections.deadlines import sweeping
    from timekeeping import clock

    while True:
        sweeping.sweep(now=clock.now())


def main() -> None:
    import django

    django.setup()
    print("ready", flush=True)
    if sys.argv[1:] == ["ring"]:
        ring()
    for line in sys.stdin:
        print(json.dumps(write(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
