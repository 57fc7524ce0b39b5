"""The mailbox of a demo: what was sent, to whom, and what happens when it comes back."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from integrations import customer_mail
from integrations.models import StoredMail
from objections.models import Case, CustomerMail
from objections.permissions import READ_ALL_ROLES, may, visible_to
from objections.vocabulary import Action, Sensitivity
from timekeeping import clock

PAGE = 30


def readable(user: User) -> QuerySet[StoredMail]:
    """Return the mails whose cases all exist for this person, the newest first.

    Refuses a system that writes to real people: there is no such mailbox (404).
    """
    if not settings.CASETRACK_SANDBOX:
        raise Http404
    restricted = Case.objects.filter(sensitivity=Sensitivity.RESTRICTED)
    hidden = set(restricted.values_list("reference", flat=True))
    if user.role not in READ_ALL_ROLES:  # those read it on its page, where that leaves a trace
        seen = visible_to(user).filter(sensitivity=Sensitivity.RESTRICTED)
        hidden -= set(seen.values_list("reference", flat=True))
    return StoredMail.objects.exclude(references__overlap=list(hidden))


@require_safe
@login_required
def mailbox(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    found = Paginator(readable(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "integrations/mailbox.html", {"page": found, "now": clock.now()})


@require_safe
@login_required
def read_mail(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    mail = get_object_or_404(readable(request.user), pk=pk)
    return render(
        request,
        "integrations/mail.html",
        {"mail": mail, "bounces": _may_bounce(request.user, mail), "now": clock.now()},
    )


@require_POST
@login_required
def bounce(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a mail to a customer came back, as a mail server would hours later."""
    assert isinstance(request.user, User)
    mail = get_object_or_404(readable(request.user), pk=pk)
    to_customer = _to_customer(mail)
    if to_customer is None:
        raise Http404
    if not _may_bounce(request.user, mail):
        raise PermissionDenied
    now = clock.now()
    customer_mail.bounced(to_customer, failure="550 5.1.1 The mailbox does not exist", now=now)
    StoredMail.objects.filter(pk=mail.pk, bounced_at=None).update(bounced_at=now)
    messages.success(request, _("The e-mail came back. What it had proved is open again."))
    return redirect("mailbox-mail", pk=mail.pk)


def _may_bounce(user: User, mail: StoredMail) -> bool:
    """Tell whether this person may say so: whoever may write to this customer."""
    to_customer = _to_customer(mail)
    return to_customer is not None and may(user, Action.REPLY, to_customer.contact_record.case)


def _to_customer(mail: StoredMail) -> CustomerMail | None:
    return (
        CustomerMail.objects.filter(message_id=mail.message_id)
        .select_related("contact_record__case")
        .first()
    )
