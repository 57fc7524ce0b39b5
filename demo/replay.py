"""Sixty days in the order of time: every life is resumed at its next moment."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from accounts.models import Team, User
from demo import cast as casting
from demo.cast import BIKE_MODELS, BIKES, KEY, Cast
from demo.courses import course, draw
from demo.lives import DAY, HOUR, Life, Moments
from demo.posting import settle_past
from demo.scenes import CHEN, SCENES, Stage
from demo.sharing import Order
from demo.stories import Story, stories
from demo.workplaces import furnish
from objections.vocabulary import Kind, Sensitivity

DAYS = 60
FEWEST = 30
LATELY = 4 * DAY
CALM = 5 * DAY
"""Lives that began so lately break no promise: what is late now is told by the scenes."""
QUIET = 3 * HOUR
DESK_IS_TOLD = 16 * DAY
"""So long before now begins the last life of the engineer whose desk the scenes fill."""
RECENT_SHARE = 0.1
RESTRICTED_SHARE = 0.015


def prepare(order: Order) -> bool:
    """Make the demo's people and customers; False where its cases are here already.

    People without cases are what an attempt that died leaves behind; the next goes on
    from there.
    """
    if casting.has_cases():
        return False
    with transaction.atomic():
        furnish(casting.assemble(order.password), now=order.now)
    return True


@transaction.atomic
def tell(
    order: Order,
    *,
    share: int = 0,
    shares: int = 1,
    heard: Callable[[], object] = lambda: None,
    together: Callable[[], object] = lambda: None,
) -> None:
    """Tell a share of the demo's cases; all of it commits or none.

    The same order tells the same stories, however many share the work. ``heard`` is
    called for each case, ``together`` at the end, before what was told is committed.
    """
    lives = _lives(casting.assemble(order.password), order)
    replay(lives[share::shares], now=order.now, heard=heard)
    settle_past(now=order.now)
    together()


def _lives(cast: Cast, order: Order) -> list[Moments]:
    now = order.now
    lives = [scene(Stage(cast, now, _chance(order, scene.__name__))) for scene in SCENES]
    for number in range(order.cases - len(SCENES)):
        lives.append(_usual(cast, now, _chance(order, number), number))
    return lives


def _chance(order: Order, name: object) -> Random:
    return Random(f"{order.seed} {name}")  # noqa: S311 - a story, not a secret


def replay(lives: Iterable[Moments], *, now: datetime, heard: Callable[[], object]) -> None:
    """Resume each life at its moments, all of them in order, until now."""
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    fresh: set[int] = set()
    for number, life in enumerate(lives):
        waiting.append((next(life), number, life))
        fresh.add(number)
    heapq.heapify(waiting)
    while waiting:
        moment, number, life = heapq.heappop(waiting)
        if moment > now:
            continue
        following = next(life, None)
        if following is not None:
            heapq.heappush(waiting, (following, number, life))
        if number in fresh:
            fresh.remove(number)
            heard()


def _usual(cast: Cast, now: datetime, random: Random, number: int) -> Moments:
    """Draw who complains about what, to whom, and when."""
    at = _beginning(now, random)
    name = random.choice(list(cast.customers))
    language, buys = cast.buys[name]
    customer = cast.customers[name]
    told = _story(random, language, buys, number)
    team = cast.teams[KEY] if customer.is_key_account else cast.teams[buys]
    life = Life(
        cast, random, told, customer, random.choice(cast.contacts[name]),
        _carrier(cast, random, team, now - at), at, mood=random.choice((2, 3, 3, 4, 4, 5)),
    )  # fmt: skip
    if random.random() < RESTRICTED_SHARE:
        life.sensitivity = Sensitivity.RESTRICTED
    return course(life, draw(random, troubled=now - at > CALM))


def _beginning(now: datetime, random: Random) -> datetime:
    """Return a moment within working hours, seldom at a weekend."""
    span = LATELY if random.random() < RECENT_SHARE else DAYS * DAY
    while True:
        at = now - QUIET - (span - QUIET) * random.random()
        hour = (at + 8 * HOUR).hour
        weekend = (at + 8 * HOUR).weekday() >= 5
        if 7 <= hour < 18 and (not weekend or random.random() < 0.3):
            return at


def _story(random: Random, language: str, buys: str, number: int) -> Story:
    """Take the next story that fits, from a shuffled shelf, so that few are told twice."""
    bikes = tuple(f"Vela {model}" for model in BIKE_MODELS)
    shelf = [one for one in stories(language) if (one.product in bikes) == (buys == BIKES)]
    weights = [0.5 if one.kind is Kind.THANKS else 1.0 for one in shelf]
    if number % 3:
        return random.choices(shelf, weights)[0]
    return shelf[number // 3 % len(shelf)]


def _carrier(cast: Cast, random: Random, team: Team, ago: timedelta) -> User:
    people = cast.carriers(team)
    if ago < DESK_IS_TOLD:
        people = [person for person in people if person.username != CHEN]
    return random.choice(people)
