"""Pages of the policies in administration, beside the usual ones: draft, publish, simulate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import User
from objections.deadlines.previewing import Preview, preview
from objections.deadlines.terms import NoPolicy
from objections.models import Policy
from objections.policies import checks, saying, versions
from objections.policies.publishing import Apply, NotPublished, as_seen, publish
from objections.policies.simulating import Foreseen, simulate
from objections.policies.trying import SimulatorForm
from objections.vocabulary import Promise
from timekeeping import clock
from timekeeping.calendars import BadCalendar, NoFuture
from timekeeping.models import Edition

CHANGE = "admin:objections_policy_change"
PUBLISH = "admin:objections_policy_publish"


class PublishForm(forms.Form):
    """How a published policy is applied. ``seen`` is what its effect was shown for."""

    how = forms.ChoiceField(
        choices=Apply, widget=forms.RadioSelect, initial=Apply.NEW_CASES,
        label=gettext_lazy("How it is applied"),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, max_length=32)


class PolicyPages(admin.ModelAdmin[Policy]):
    """Each page asks who is there again: all of them are for administrators alone."""

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            path("simulate/", site(self.simulate_page), name="objections_policy_simulate"),
            path("<int:pk>/draft/", site(self.draft_page), name="objections_policy_draft"),
            path("<int:pk>/publish/", site(self.publish_page), name="objections_policy_publish"),
            *super().get_urls(),
        ]

    def draft_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the draft of the next version, or open the one that is there."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        draft, is_new = versions.draft_from(_policy(pk), by=_administrator(request))
        if is_new:
            self.log_addition(request, draft, [{"added": {}}])
            self.message_user(request, _("%s is a draft now.") % draft, messages.SUCCESS)
        else:
            self.message_user(request, _("There is a draft already: this is %s.") % draft)
        return redirect(CHANGE, draft.pk)

    def publish_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what publishing would do, or why it cannot be; POST does it."""
        policy, by = _policy(pk), _administrator(request)
        if not policy.is_draft:
            refused = _("%(policy)s has been published already, by %(name)s.")
            said = {"policy": policy, "name": policy.published_by or _("the system")}
            self.message_user(request, refused % said, messages.ERROR)
            return redirect(CHANGE, policy.pk)
        form = PublishForm(request.POST or None, initial={"seen": as_seen(policy)})
        if request.method == "POST" and form.is_valid():
            return self._publish(request, policy, by, form.cleaned_data)
        return TemplateResponse(
            request, "admin/objections/policy/publish.html",
            self._context(request, policy, _("Publish %s") % policy) | _effect(policy, form),
        )  # fmt: skip

    def _publish(
        self, request: HttpRequest, policy: Policy, by: User, given: dict[str, Any]
    ) -> HttpResponse:
        now, how = clock.now(), Apply(given["how"])
        try:
            publish(policy, by=by, now=now, how=how, seen=given["seen"])
        except NotPublished as refused:
            self.message_user(request, refused.sentence, messages.ERROR)
            gone = not Policy.objects.filter(pk=policy.pk).exists()
            if gone:
                return redirect("admin:objections_policy_changelist")
            return redirect(PUBLISH, policy.pk)
        self.log_change(request, policy, [{"changed": {"fields": ["in force"]}}])
        self.message_user(request, _("%s is in force.") % policy, messages.SUCCESS)
        return redirect(CHANGE, policy.pk)

    def simulate_page(self, request: HttpRequest) -> HttpResponse:
        """Try a policy out. Reads only, so its address can be sent to somebody."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = "start" in request.GET
        form = SimulatorForm(request.GET if asked else None, now=clock.now())
        if not asked and request.GET.get("policy", "").isdecimal():
            form.initial["policy"] = request.GET["policy"]
        seen = _simulated(form) if asked and form.is_valid() else []
        context = self._context(request, None, _("Policy simulator"))
        return TemplateResponse(
            request, "admin/objections/policy/simulate.html",
            context | {"form": form, "seen": seen, "zone": form.zone},
        )  # fmt: skip

    def _context(self, request: HttpRequest, policy: Policy | None, title: str) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "opts": self.opts, "original": policy, "title": title,
        }  # fmt: skip


def _policy(pk: int) -> Policy:
    policy = Policy.objects.select_related("published_by").filter(pk=pk).first()
    if policy is None:
        raise Http404(pk)
    return policy


def _administrator(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    if not request.user.has_perm(versions.PERMISSION):
        raise PermissionDenied
    return request.user


# What publishing would do


def _effect(policy: Policy, form: PublishForm) -> dict[str, Any]:
    now = clock.now()
    if found := checks.problems(policy, now=now):
        return {"problems": found}
    seen = preview(policy, now=now)
    return {
        "form": form,
        "preview": seen,
        "summary": summary(seen),
        "by_promise": [
            (Promise(name).label, number) for name, number in seen.by_promise.most_common()
        ],
        "examples": [
            {
                "case": move.deadline.case,
                "promise": move.deadline.get_promise_display(),
                "was": saying.moment(move.deadline.due_at) if move.deadline.due_at else "",
                "becomes": saying.moment(move.due_at),
                "overdue": move.overdue,
            }
            for move in seen.examples
        ],
        "current": Policy.objects.filter(in_force=True).first(),
    }


def summary(seen: Preview) -> str:
    """Return the effect in one sentence: "37 open cases move, 4 become overdue"."""
    if not seen.moved:
        return _("No running clock would move.")
    cases = ngettext("%s open case moves", "%s open cases move", len(seen.cases))
    overdue = ngettext("%s clock becomes overdue", "%s clocks become overdue", seen.overdue)
    return pgettext("between facts", ", ").join([cases % len(seen.cases), overdue % seen.overdue])


# What a policy would do for a case


def _simulated(form: SimulatorForm) -> list[dict[str, Any]]:
    try:
        found = simulate(form.cleaned_data["policy"], form.question())
    except NoPolicy as error:
        words = _("This policy says nothing about: %s")
        form.add_error("promises", words % Promise(error.args[0]).label)
        return []
    except (NoFuture, BadCalendar, Edition.DoesNotExist):
        words = _("The working calendar of this team has not so much working time ahead.")
        form.add_error("team", words)
        return []
    with timezone.override(form.zone):
        return [_clock(one) for one in found]


def _clock(one: Foreseen) -> dict[str, Any]:
    return {
        "promise": one.promise.label,
        "sentences": saying.sentences(one),
        "rungs": saying.rungs(one),
    }
