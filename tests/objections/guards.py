"""What the database refuses of the rows that a case only points to: rules, people, hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Model

from accounts.models import Absence, Client, DutyShift, Robot, RobotKind, Team
from customers.models import Customer, Product
from objections.models import (
    Allowance,
    ApprovalRule,
    Case,
    CustomerLink,
    CustomerText,
    IdempotentRequest,
    Notice,
    Policy,
    Recomputation,
    Remedy,
    Why,
    Worksheet,
)
from objections.vocabulary import (
    LinkMedium,
    NoticeChannel,
    NoticeKind,
    Promise,
    RemedyKind,
    SheetKind,
    Unit,
)
from tests.conftest import T0, People
from tests.stories import DAY, HOUR
from timekeeping.models import Calendar, Edition, Punctuality, SandboxClock

NOUGHT = timedelta(0)

Tries = dict[str, tuple[Callable[[], Any], ...]]


def refuses(constraint: str, write: Callable[[], Any]) -> None:
    """Expect the database to refuse a write, naming the constraint or the trigger's words."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write()


def changes(row: Model, **values: Any) -> Callable[[], Any]:
    return lambda: type(row)._default_manager.filter(pk=row.pk).update(**values)


def again(row: Model, **values: Any) -> Callable[[], Any]:
    """Return what inserts a copy of a row, with these values changed."""

    def insert() -> None:
        copy = type(row)._default_manager.get(pk=row.pk)
        copy.pk = None
        for name, value in values.items():
            setattr(copy, name, value)
        copy.save(force_insert=True)

    return insert


def of_rules(case: Case, people: People, crm: Client) -> Tries:
    policy = Policy.objects.get()
    row = Allowance.objects.filter(promise=Promise.RESPONSE)[0]
    rung = row.rungs.all()[0]
    asked = IdempotentRequest.objects.create(
        client=crm, key="k", fingerprint="f", status=201, answer={}, created_at=T0
    )
    anew = Recomputation.objects.create(policy=policy, asked_at=T0)
    return {
        "policy_name_and_version": (again(policy, in_force=False),),
        "policy_one_in_force": (again(policy, version=2),),
        "policy_in_force_is_published": (changes(policy, published_at=None),),
        "allowance_once": (again(row),),
        "allowance_days_iff_working_days": (
            changes(row, days=3),
            changes(row, unit=Unit.WORKING, days=3),
            changes(row, unit=Unit.DAYS, length=None),
            changes(row, unit=Unit.DAYS, length=None, days=0),
            changes(row, unit=Unit.DAYS, days=3),
        ),
        "allowance_is_positive": (changes(row, length=NOUGHT),),
        "allowance_night_has_both_ends": (
            changes(row, night_from=time(21)), changes(row, night_until=time(8)),
            changes(row, night_from=time(8), night_until=time(8)),
        ),
        "rung_offset_or_percent": (
            changes(rung, offset=None), changes(rung, percent=10),
        ),
        "rung_level_0_to_3": (changes(rung, level=4),),
        "recomputation_has_one_cause": (
            changes(anew, policy=None), changes(anew, edition=Edition.objects.all()[0]),
            changes(anew, customer=case.customer),
        ),
        "idempotency_key_per_client": (again(asked),),
        "idempotency_client_or_user": (changes(asked, user_id=1), changes(asked, client=None)),
    }  # fmt: skip


def of_people(case: Case, people: People, crm: Client) -> Tries:
    known = Customer.objects.create(name="x", source="crm", external_id="1")
    product = Product.objects.create(brand="x", model="y")
    absence = Absence.objects.create(user=people.engineer, begins_at=T0)
    shift = DutyShift.objects.create(
        team=people.team, user=people.manager, begins_at=T0, ends_at=T0 + DAY
    )
    return {
        "user_role_is_known": (changes(people.engineer, role="chief"),),
        "team_one_default": (
            lambda: Team.objects.create(slug="more", name="More", is_default=True),
        ),
        "absence_ends_after_it_begins": (
            changes(absence, ends_at=F("begins_at")), changes(absence, ends_at=T0 - HOUR),
        ),
        "shift_ends_after_it_begins": (
            changes(shift, ends_at=F("begins_at")), changes(shift, ends_at=T0 - HOUR),
        ),
        "customer_known_once_per_source": (again(known),),
        "customer_tier_is_known": (changes(known, tier="gold"),),
        "product_brand_and_model": (again(product),),
    }  # fmt: skip


def of_hours(case: Case, people: People, crm: Client) -> Tries:
    calendar = Calendar.objects.get(is_default=True)
    year = calendar.years.create(year=2031, published_at=T0)
    day = calendar.days.create(on=date(2031, 10, 1))
    hour = Punctuality.objects.create(process="beat", hour=T0, most=5.0)
    last = Punctuality.objects.create(process="beat", hour=T0, most=None)
    SandboxClock.objects.create(id=1)
    return {
        "calendar_one_default": (again(calendar, name="Another"),),
        "window_opens_once": (again(calendar.windows.all()[0], closes=time(12)),),
        "calendar_year_once": (again(year),),
        "calendar_day_once": (again(day, name="Another"),),
        "edition_once": (again(calendar.editions.all()[0], content={}),),
        "punctuality_once": (again(hour), again(last)),
        "sandbox_clock_is_one_row": (lambda: SandboxClock.objects.create(id=2),),
        "sandbox_clock_never_goes_back": (
            lambda: SandboxClock.objects.update(offset=-timedelta(minutes=1)),
        ),
    }  # fmt: skip


def of_robots(case: Case, people: People, crm: Client) -> Tries:
    robot = Robot.objects.create(name="Pumps", kind=RobotKind.WECOM, address="x")
    notice = Notice.objects.create(
        robot=robot, channel=NoticeChannel.CHAT, kind=NoticeKind.ESCALATED, case=case,
        occurred_at=T0, created_at=T0,
    )  # fmt: skip
    return {
        "robot_level_0_to_3": (changes(robot, least_level=4),),
        "robot_may_speak": (changes(robot, per_minute=0),),
        "notice_has_one_listener": (
            changes(notice, robot=None),
            changes(notice, user=people.engineer),
            changes(notice, channel=NoticeChannel.EMAIL),
        ),
    }


def of_method(case: Case, people: People, crm: Client) -> Tries:
    why = Why.objects.create(case=case, text="x", written_at=T0)
    sheet = Worksheet.objects.create(case=case, kind=SheetKind.CONFLICT, written_at=T0)
    remedy = Remedy.objects.create(
        case=case, kind=RemedyKind.REFUND, cost=60_000, needs_approval=True, approvals_needed=2,
        proposed_at=T0, proposed_by=people.engineer,
    )  # fmt: skip
    approval = remedy.approvals.create(user=people.manager, approved_at=T0)
    link = CustomerLink.objects.create(
        case=case, medium=LinkMedium.BY_HAND, language="en", created_at=T0, expires_at=T0 + DAY
    )
    text = CustomerText.objects.create(
        contact_record=case.contact_records.all()[0], to="13900001111", body="x", created_at=T0,
        next_attempt_at=T0,
    )  # fmt: skip
    return {
        "link_expires_after_made": (
            changes(link, expires_at=T0),
            changes(link, expires_at=T0 - DAY),
        ),
        "text_settled_is_silent": (changes(text, sent_at=T0), changes(text, failed_at=T0)),
        "why_explains_another": (changes(why, parent=why),),
        "sheet_once_per_kind": (again(sheet),),
        "remedy_approved_once_each": (again(approval, approved_at=T0 + HOUR),),
        "approval_rule_is_one_row": (
            lambda: ApprovalRule.objects.create(id=2, two_people_above=1),
        ),
    }
