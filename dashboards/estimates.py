"""How long the work behind a promise takes, as far as it can be said beforehand.

A plan for the next hours needs a figure for each promise. These are medians of handling
time that service centres plan with, in minutes; they are not promises to anybody. They
are used only to say on the board whether one person's clocks can all be met.
"""

from __future__ import annotations

from datetime import timedelta

from objections.vocabulary import Promise

HANDLING: dict[Promise, timedelta] = {
    Promise.ACKNOWLEDGEMENT: timedelta(minutes=10),
    Promise.RESPONSE: timedelta(minutes=45),
    Promise.FOLLOW_UP: timedelta(minutes=10),
    Promise.PROGRESS_UPDATE: timedelta(minutes=5),
    Promise.COMMITMENT: timedelta(minutes=20),
    Promise.HAND_OVER: timedelta(minutes=5),
    Promise.CUSTOMER_MESSAGE: timedelta(minutes=10),
}
