from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms import PreferencesForm, SignInForm
from accounts.middleware import THEME_COOKIE, YEAR
from accounts.models import Language, Role, Theme
from accounts.selectors import demo_people
from accounts.services import arrive, leave, prefer
from timekeeping import clock


class SignInView(LoginView):
    """Lets a person in. In a sandbox the people of the demo are one tap away."""

    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        password = settings.CASETRACK_DEMO_PASSWORD
        if settings.CASETRACK_SANDBOX and password:
            context |= {"demo_people": demo_people(), "demo_password": password}
        return context

    def get_default_redirect_url(self) -> str:
        """Return the home of the person's role: the board for those whom cases climb to."""
        if getattr(self.request.user, "role", "") in (Role.SUPERVISOR, Role.MANAGER):
            try:
                return reverse("board")
            except NoReverseMatch:
                return super().get_default_redirect_url()
        return super().get_default_redirect_url()


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember a language, an appearance or a presence, and go back to where it was chosen.

    For somebody who has not signed in the first two are kept in cookies.
    """
    response = HttpResponseRedirect(_back(request))
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        what = _("That choice does not exist: {names}.").format(names=", ".join(form.errors))
        messages.error(request, what + "\n" + _("Nothing was changed."))
        return response
    wanted = form.cleaned_data
    language = Language(wanted["language"]) if wanted["language"] else None
    theme = Theme(wanted["theme"]) if wanted["theme"] else None
    user = request.user
    if user.is_authenticated:
        prefer(user, language=language, theme=theme)
        if wanted["present"] == "1":
            arrive(user)
        elif wanted["present"] == "0":
            leave(user, at=clock.now())
    _remember(response, language, theme)
    return response


def _remember(response: HttpResponse, language: Language | None, theme: Theme | None) -> None:
    """Keep the choice on the device too, so that the sign-in page speaks the same language."""
    if language is not None:
        translation.activate(language)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
    if theme is not None:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax")


def _back(request: HttpRequest) -> str:
    """Return the page that was asked for, if it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else reverse("sign-in")
