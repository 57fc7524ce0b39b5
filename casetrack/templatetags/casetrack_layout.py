"""Fields, notices and the shell around a page, as template tags.

{% field form.statement %}                  any control, with label, help and error
{% field form.kind as_="segments" %}        a few choices side by side
{% field form.emotion as_="faces" %}        the five faces
{% field form.words label=_("Your words") placeholder=_("…") rows=5 quiet=True %}
{% form_errors form %}                      what is wrong with a form, above it
{% notice title text url label icon="hand-stop" tone="warned" %}
{% refused title reasons allowed %}         a step that was refused
{% empty title text url label %}            a list with nothing in it
{% more url target %}                       the next page of a list
{% nav_link "desk" "layout-list" _("My desk") desk_count %}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms, template
from django.contrib.messages.storage.base import Message
from django.forms.boundfield import BoundField
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from accounts.models import User
from objections.permissions import may_open

register = template.Library()

MESSAGE_ICONS = {
    "success": "circle-check",
    "warning": "alert-triangle",
    "error": "hand-stop",
}


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(
    context: Mapping[str, Any], name: str, icon: str, label: str, count: int | None = None
) -> dict[str, Any]:
    """Link to a page by its URL name, marked where it is open. No page, no link."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return {"url": ""}
    request = context.get("request")
    path = request.path if request else ""
    active = path == url if url == "/" else path.startswith(url)
    return {
        "url": url,
        "icon": icon,
        "label": label,
        "count": count,
        "active": active,
        "exact": path == url,
    }


@register.simple_tag
def page_url(name: str) -> str:
    """Return the address of a page without arguments; nothing where there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def new_case_url(context: Mapping[str, Any]) -> str:
    """Return where the person of this page opens a case; nothing for who may not."""
    user = context.get("user")
    return reverse("new-case") if isinstance(user, User) and may_open(user) else ""


# Notices: what happened, what is safe, what to do


@register.inclusion_tag("components/notice.html")
def notice(
    title: str,
    text: str = "",
    url: str = "",
    label: str = "",
    icon: str = "info-circle",
    tone: str = "",
) -> dict[str, Any]:
    """Say what happened, then what is safe, then what can be done about it."""
    return {"title": title, "text": text, "url": url, "label": label, "icon": icon, "tone": tone}


@register.inclusion_tag("components/notice.html")
def message_notice(message: Message) -> dict[str, Any]:
    """Show a message of Django's. Its first line says what happened, the next what is safe."""
    title, _newline, text = str(message.message).partition("\n")
    return {
        "title": title,
        "text": text,
        "icon": MESSAGE_ICONS.get(message.level_tag, "info-circle"),
        "tone": "warned" if message.level_tag == "warning" else "",
        "message_level": message.level_tag,
    }


@register.inclusion_tag("components/refused.html")
def refused(title: str, reasons: Sequence[str] = (), allowed: Sequence[Any] = ()) -> dict[str, Any]:
    """Say what was refused, why, and what is allowed: words, or pairs of words and address."""
    steps = [step if isinstance(step, list | tuple) else (step, "") for step in allowed]
    return {"title": title, "reasons": reasons, "allowed": steps}


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, text: str = "", url: str = "", label: str = "", icon: str = "circle-check"
) -> dict[str, Any]:
    """Say that a list is empty, and where to look instead."""
    return {"title": title, "text": text, "url": url, "label": label, "icon": icon}


@register.inclusion_tag("components/more.html")
def more(url: str, target: str = "") -> dict[str, Any]:
    """Offer the next page of a list; with ``target`` (a selector) it is added in place."""
    return {"url": url, "target": target}


# Forms


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: forms.BaseForm) -> dict[str, Any]:
    """List what is wrong with a form, each point linked to its field."""
    points = [
        {"label": bound.label, "id": bound.id_for_label or bound.auto_id, "errors": bound.errors}
        for bound in form
        if bound.errors
    ]
    return {"points": points, "general": form.non_field_errors()}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, as_: str = "", **options: Any) -> dict[str, Any]:
    """Show a control with its label, help and error, tied together for a screen reader.

    ``as_`` is "segments" or "faces" for choices; options: ``label``, ``help``, ``quiet``
    (label for screen readers alone), ``small``, and any attribute of the control.
    """
    label = options.pop("label", bound.label)
    help_ = options.pop("help", bound.help_text)
    quiet, small = options.pop("quiet", False), options.pop("small", False)
    ident = bound.auto_id or bound.html_name
    described = [f"{ident}_help"] if help_ else []
    if bound.errors:
        described.append(f"{ident}_error")
    kind = as_ or _kind(bound.field.widget)
    attributes = {key: value for key, value in options.items() if value not in (None, False)}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "kind": kind,
        "label": label,
        "help": help_,
        "quiet": quiet,
        "small": small,
        "ident": ident,
        "described": " ".join(described),
        "control": _control(bound, kind, attributes),
    }


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checks"
    if isinstance(widget, forms.RadioSelect):
        return "segments"
    if isinstance(widget, forms.Select):
        return "select"
    return "file" if isinstance(widget, forms.FileInput) else "control"


def _control(bound: BoundField, kind: str, attributes: dict[str, Any]) -> SafeString | None:
    """Return the control with the kit's class; choices are drawn by the template."""
    classes = {"select": "form-select", "check": "form-check-input", "file": "visually-hidden"}
    if kind in ("segments", "faces", "checks"):
        return None
    given = bound.field.widget.attrs.get("class", "")
    css = f"{given} {attributes.pop('class', '')} {classes.get(kind, 'form-control')}"
    return bound.as_widget(attrs={**attributes, "class": " ".join(css.split())})
