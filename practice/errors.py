"""What practice refuses, beside what the product itself does."""

from __future__ import annotations

from django.utils.translation import gettext as _

from objections.errors import Refused


class PracticeRefused(Refused):
    """The base of what a rehearsal refuses by itself."""


class RehearsalOver(PracticeRefused):
    """It has ended: nothing can be done in it any more."""

    @property
    def sentence(self) -> str:
        return _("This rehearsal has ended.")


class RehearsalMoved(PracticeRefused):
    """Something else was done in it since the page was opened."""

    @property
    def sentence(self) -> str:
        return _("The rehearsal went on in another window. Look at it again.")


class TooManyTurns(PracticeRefused):
    """It is as long as a rehearsal may be."""

    @property
    def sentence(self) -> str:
        return _("This rehearsal is as long as one may be. End it, and look at how it went.")
