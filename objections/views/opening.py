"""Opening a case, and finding who speaks and of which product while they speak."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers import services as customers
from customers.models import Contact, Customer, Product
from objections.actors import Actor
from objections.errors import AlreadyExists, Refused
from objections.forms.opening import OpeningForm
from objections.models import Case
from objections.permissions import WRITE_NOTHING_ROLES
from objections.selectors import intake
from objections.services.cases import open_case
from objections.views import refusals
from objections.views.refusals import Refusal
from objections.views.requests import moment_of, person
from objections.vocabulary import Kind, Urgency
from timekeeping import clock


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    """Open a case, and acknowledge it in the same submit where that is done already."""
    now, user = clock.now(), person(request)
    if user.role in WRITE_NOTHING_ROLES:
        raise PermissionDenied
    if request.method != "POST":
        return show(request, OpeningForm.blank(now), now)
    form = OpeningForm(request.POST, request.FILES)
    if "find" in request.POST:
        form.errors.clear()
        return show(request, form, now)
    if not form.is_valid():
        return show(request, form, now, refusals.not_complete())
    try:
        case = _open(form, by=Actor.person(user), now=now)
    except AlreadyExists as known:
        return _known(request, form, known.reference, now)
    except Refused as refused:
        return show(request, form, now, refusals.refuse(refused, form))
    messages.success(request, _("{reference} is open").format(reference=case.reference))
    return redirect("case", case.reference)


def _known(request: HttpRequest, form: OpeningForm, reference: str, now: datetime) -> HttpResponse:
    """Lead to the case that this form has opened already; keep words that are not in it."""
    opened = Case.objects.get(reference=reference)
    if opened.statement.split() != form.cleaned_data["statement"].split():
        return show(request, form.renewed(), now, refusals.opened_before(reference))
    messages.info(request, _("This case was opened already"))
    return redirect("case", reference)


@transaction.atomic
def _open(form: OpeningForm, *, by: Actor, now: datetime) -> Case:
    """Write down whom and what nobody knew yet, and open the case: all of it or none."""
    data = form.cleaned_data
    customer, contact = form.customer, form.contact
    if customer is None:
        facts = customers.CustomerFacts(name=data["new_customer"], tier=data["new_tier"])
        customer = customers.create(facts)
    if contact is None:
        contact = _contact(customer, data)
    product: Product | None = data["product"]
    if product is None and data["new_model"]:
        product = customers.product_of(data["new_brand"], data["new_model"])
    return open_case(form.opening(customer, contact, product), by=by, now=now, steps=form.steps())


def _contact(customer: Customer, data: dict[str, Any]) -> Contact | None:
    name = data["new_contact"] or (data["new_customer"] if _reachable(data) else "")
    if not name:
        return None
    facts = customers.ContactFacts(
        name=name[:120], phone=data["new_phone"], email=data["new_email"]
    )
    return customers.contact_of(customer, facts)


def _reachable(data: dict[str, Any]) -> bool:
    return bool(data["new_phone"] or data["new_email"])


def show(
    request: HttpRequest,
    form: OpeningForm,
    now: datetime,
    refusal: Refusal | None = None,
    *,
    similar: str = "",
) -> HttpResponse:
    """Render the page. ``similar`` is what a room above this one found, as it is shown."""
    context = {
        "similar": similar,
        "form": form,
        "now": now,
        "refusal": refusal,
        "customers": intake.customers(str(form["customer_q"].value() or ""), form["who"].value()),
        "products": intake.products(
            str(form["product_q"].value() or ""), str(form["product"].value() or "")
        ),
        "clock": _clock(form, now),
        "spoke_at": intake.spoken_at(form, now),
    }
    return render(request, "objections/new_case.html", context,
                  status=refusal.status if refusal else 200)  # fmt: skip


def _clock(form: OpeningForm, now: datetime) -> object:
    kind, urgency = form["kind"].value(), form["urgency"].value()
    return intake.acknowledgement(kind, urgency, intake.spoken_at(form, now), now)


@login_required
@require_safe
def opening_clock(request: HttpRequest) -> HttpResponse:
    """Show how long there is to acknowledge, for the kind and urgency that are chosen."""
    now = clock.now()
    kind, urgency = request.GET.get("kind", Kind.COMPLAINT), request.GET.get("urgency", "")
    at = moment_of(request, "spoke_at") or now
    typed = OpeningForm(request.GET)["received_at"]
    at = intake.cleaned(typed) or at
    found = intake.acknowledgement(kind, urgency or Urgency.NORMAL, at, now)
    context = {"clock": found, "now": now, "spoke_at": at, "moved": True}
    return render(request, "objections/new/clock.html", context)


@login_required
@require_safe
def pick_customer(request: HttpRequest) -> HttpResponse:
    """List the customers that match what is being typed."""
    typed = request.GET.get("customer_q", "")
    found = intake.customers(typed, request.GET.get("who"))
    nobody = bool(typed.strip()) and not found
    return render(request, "objections/new/customers.html", {"customers": found, "nobody": nobody})


@login_required
@require_safe
def pick_product(request: HttpRequest) -> HttpResponse:
    """List the products that match what is being typed."""
    found = intake.products(request.GET.get("product_q", ""), request.GET.get("product"))
    return render(request, "objections/new/products.html", {"products": found})
