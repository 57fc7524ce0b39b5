"""What a Prometheus reads, who may read it, and the rules that are made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import OperationalError
from django.test import Client as Browser
from prometheus_client.parser import text_string_to_metric_families

from casetrack import metrics
from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import CustomerMail, Deadline, Escalation, Notice
from tests.conftest import People
from tests.stories import MIN, open_at
from timekeeping import clock
from timekeeping.models import Heartbeat
from timekeeping.punctuality import Tally

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "docs" / "examples" / "prometheus-alerts.yaml"
NAMES = re.compile(r"\bcasetrack_\w+")


def read(**given: Any) -> dict[str, float]:
    """Scrape, and return each sample by its name and labels."""
    answer = Browser().get("/metrics", **given)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        named(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def named(name: str, labels: Mapping[str, str]) -> str:
    inner = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return name.removeprefix("casetrack_") + (f"{{{inner}}}" if inner else "")


def test_a_system_on_time_says_so() -> None:
    sweeping.drain(clock.now)
    seen = read()
    assert seen["timer_lag_seconds"] == 0
    assert 0 <= seen["timer_last_look_seconds"] < 5
    assert seen["alarms_waiting"] == seen["overdue_open"] == seen["oldest_overdue_seconds"] == 0
    assert seen['quarantined{table="deadline"}'] == seen['quarantined{table="escalation"}'] == 0
    assert abs(seen[f'clock_skew_seconds{{host="{clock.host()}"}}']) < 5
    assert seen["rung_lateness_seconds_count"] == 0
    assert seen["provisional_deadlines"] == seen["recomputations_waiting"] == 0


def test_a_clock_that_never_looked_is_silent_for_ever() -> None:
    assert read()["timer_last_look_seconds"] == float("inf")


def test_what_waits_and_what_is_overdue_is_counted_with_the_age_of_the_oldest(
    people: People, customer: Customer
) -> None:
    now, by = clock.now(), Actor.person(people.engineer)
    open_at(now - 20 * MIN, by=by, customer=customer)
    open_at(now - 16 * MIN, by=by, customer=customer)
    seen = read()
    assert seen["alarms_waiting"] == seen["overdue_open"] == 2
    assert 600 <= seen["timer_lag_seconds"] < 660  # the first warning was due after ten minutes
    assert 300 <= seen["oldest_overdue_seconds"] < 360
    sweeping.drain(clock.now)
    seen = read()
    assert seen["alarms_waiting"] == seen["timer_lag_seconds"] == 0
    assert seen["overdue_open"] == 2
    assert seen["rung_lateness_seconds_count"] == 6
    assert seen['rung_lateness_seconds_bucket{le="300.0"}'] == 2  # 1 and 3 minutes late
    assert seen['rung_lateness_seconds_bucket{le="+Inf"}'] == 6


def test_the_histogram_is_cumulative_and_has_its_sum(t0: datetime) -> None:
    tally = Tally()
    for seconds in (0.05, 0.2, 0.2, 9000.0):
        tally.add(timedelta(seconds=seconds))
    tally.save(now=t0)
    seen = read()
    buckets = [seen[f'rung_lateness_seconds_bucket{{le="{le}"}}'] for le in (0.1, 0.25, 3600.0)]
    assert buckets == [1, 3, 3]
    assert seen['rung_lateness_seconds_bucket{le="+Inf"}'] == 4
    assert seen["rung_lateness_seconds_sum"] == pytest.approx(9000.45)


def test_rows_set_aside_are_counted_by_their_table(people: People, customer: Customer) -> None:
    open_at(clock.now() - 20 * MIN, by=Actor.person(people.engineer), customer=customer)
    sweeping.drain(clock.now)
    now = clock.now()
    Escalation.objects.update(quarantined_at=now, alarm_at=now + MIN)
    assert read()['quarantined{table="escalation"}'] == 1
    assert read()['quarantined{table="deadline"}'] == 0
    Deadline.objects.filter(alarm_at__isnull=False).update(quarantined_at=now)
    assert read()['quarantined{table="deadline"}'] >= 1


def test_messages_are_counted_by_their_way_and_those_held_back_are_not_old(
    people: People, customer: Customer
) -> None:
    now = clock.now()
    case = open_at(now - MIN, by=Actor.person(people.engineer), customer=customer)
    Notice.objects.all().delete()
    shared: dict[str, Any] = {
        "user": people.engineer, "channel": "email", "kind": "warned", "case": case,
        "occurred_at": now,
    }  # fmt: skip
    night = Notice.objects.create(**shared, created_at=now - 60 * MIN, send_at=now + 60 * MIN)
    seen = read()
    assert seen['outbox_waiting{channel="email"}'] == 1
    assert seen['outbox_oldest_seconds{channel="email"}'] == 0
    Notice.objects.filter(pk=night.pk).update(attempts=1)  # tried, and tried again later
    assert 3600 <= read()['outbox_oldest_seconds{channel="email"}'] < 3660
    Notice.objects.filter(pk=night.pk).update(send_at=None, failed_at=now)
    seen = read()
    assert seen['outbox_waiting{channel="email"}'] == 0
    assert seen['outbox_failed{channel="email"}'] == 1
    assert seen['outbox_failed{channel="chat"}'] == seen['outbox_failed{channel="customer"}'] == 0
    assert CustomerMail.objects.count() == seen['outbox_waiting{channel="customer"}'] == 0


def test_a_host_has_the_skew_of_its_newest_process_and_a_silent_one_has_none() -> None:
    sweeping.drain(clock.now)
    at = Heartbeat.objects.get().beaten_at
    Heartbeat.objects.create(name="sweep a 1", host="a", beaten_at=at - SECOND, skew=9 * SECOND)
    Heartbeat.objects.create(name="sweep a 2", host="a", beaten_at=at, skew=-3 * SECOND)
    Heartbeat.objects.create(name="sweep b 1", host="b", beaten_at=at - MIN, skew=9 * SECOND)
    seen = read()
    assert seen['clock_skew_seconds{host="a"}'] == -3
    assert 'clock_skew_seconds{host="b"}' not in seen


# ── who may read ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1"])
def test_without_a_token_this_host_may_read(host: str) -> None:
    assert read(REMOTE_ADDR=host)


@pytest.mark.parametrize("host", ["10.0.0.9", "203.0.113.7", "2001:db8::1", ""])
def test_without_a_token_nobody_else_may(host: str) -> None:
    answer = Browser().get("/metrics", REMOTE_ADDR=host)
    assert answer.status_code == 401
    assert b"casetrack_" not in answer.content


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"])
def test_what_a_proxy_on_this_host_passes_on_does_not_count_as_this_host(header: str) -> None:
    assert Browser(headers={header: "x"}).get("/metrics").status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.7"])
def test_with_a_token_set_only_the_token_counts(host: str, settings: Any) -> None:
    settings.CASETRACK_METRICS_TOKEN = "long-and-random"
    for given in ("", "Bearer", "Bearer wrong", "Basic long-and-random", "Bearer ünïcode"):
        answer = Browser().get("/metrics", REMOTE_ADDR=host, HTTP_AUTHORIZATION=given)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert read(REMOTE_ADDR=host, HTTP_AUTHORIZATION="Bearer long-and-random")


def test_a_person_who_is_signed_in_needs_the_token_too(people: People, settings: Any) -> None:
    settings.CASETRACK_METRICS_TOKEN = "long-and-random"
    browser = Browser()
    browser.force_login(people.administrator)
    assert browser.get("/metrics").status_code == 401


def test_it_is_only_read() -> None:
    assert Browser().post("/metrics").status_code == 405


def test_without_the_database_it_answers_503_and_makes_nothing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_given: object) -> None:
        raise OperationalError("no answer")

    monkeypatch.setattr(metrics, "measure", refuse)
    answer = Browser().get("/metrics")
    assert answer.status_code == 503
    assert b"casetrack_" not in answer.content


def test_a_scrape_costs_a_fixed_number_of_queries(
    people: People, customer: Customer, django_assert_max_num_queries: Any
) -> None:
    for _number in range(3):
        open_at(clock.now() - 20 * MIN, by=Actor.person(people.engineer), customer=customer)
    with django_assert_max_num_queries(15):
        read()


# ── the rules made of it ──────────────────────────────────────────────────────────────


def exposed_names() -> set[str]:
    tally = Tally()
    tally.add(SECOND)
    tally.save(now=clock.now())
    sweeping.drain(clock.now)
    text = Browser().get("/metrics").content.decode()
    return {line.split("{")[0].split(" ")[0] for line in text.splitlines() if line[:1] != "#"}


def test_every_rule_of_the_example_speaks_of_figures_that_there_are() -> None:
    exposed = exposed_names()
    rules = [
        rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
    ]
    assert len(rules) >= 8
    for rule in rules:
        used = set(NAMES.findall(rule["expr"]))
        assert used, rule["alert"]
        assert used <= exposed, rule["alert"]
        assert rule["annotations"]["summary"]


def test_every_figure_is_explained_in_the_chapter_on_monitoring() -> None:
    told = set(NAMES.findall((ROOT / "docs" / "production.md").read_text()))
    endings = re.compile(r"_(bucket|count|sum)$")
    assert {endings.sub("", name) for name in exposed_names()} == told
