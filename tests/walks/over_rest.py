"""The whole walk over REST, asserting at each point what a CRM sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.walks.calls import Caller
from tests.walks.script import Story


def walk(crm: Caller, story: Story, *, engineer: str, supervisor: str) -> str:
    """Walk from the first word to a content customer, and return the case's reference."""
    case = opened(crm, story)
    reference: str = case["reference"]
    assert clocks(case) == {"acknowledgement": "running", "response": "running"}

    crm.post("/sandbox/clock/", {"advance": "PT15M"})
    case = crm.get(f"/cases/{reference}/")
    assert clocks(case)["acknowledgement"] == "breached"

    taken = take(crm, reference, story, supervisor)
    assert taken["level"] == 1

    refused = step(crm, reference, {"action": "carry_out", "proof": story.proof}, status=409)
    assert (refused["code"], "acknowledge" in refused["allowed"]) == ("step_refused", True)

    spoken = {"channel": "phone", "with": story.partner, "contacted_by": engineer}
    step(crm, reference, spoken | {
        "action": "acknowledge", "summary": story.acknowledged, "next_step": story.next_step,
        "emotion": 3,
    })  # fmt: skip
    step(crm, reference, {
        "action": "restate", "restatement": story.restatement, "interest": story.interest,
    })  # fmt: skip
    step(crm, reference, spoken | {"action": "confirm", "reply": story.agreed})
    tell(crm, reference, story, spoken)
    step(crm, reference, spoken | {"action": "choose", "option": 1, "reply": story.choice})
    step(crm, reference, {"action": "carry_out", "proof": story.proof})
    case = step(crm, reference, spoken | {
        "action": "close_satisfied", "score": 5, "words": story.content,
        "cause_category": "information", "lesson": story.lesson,
    })["case"]  # fmt: skip
    assert case["stage"] == "closed"
    assert clocks(case)["follow_up"] == "kept"
    assert clocks(case)["acknowledgement"] == "breached"
    return reference


def opened(crm: Caller, story: Story) -> dict[str, Any]:
    body = {
        "external_id": f"T-{story.language}", "kind": "objection", "urgency": "normal",
        "channel": "phone", "statement": story.statement, "questions": [story.question],
        "emotion": 4,
        "customer": {"source": "crm", "external_id": "C-17", "name": story.customer},
        "contact": {"name": story.partner},
    }  # fmt: skip
    case: dict[str, Any] = crm.post("/cases/", body, Idempotency_Key=f"open-{story.language}")
    again = crm.call("POST", "/cases/", body, Idempotency_Key=f"open-{story.language}")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.body["reference"] == case["reference"]
    return case


def take(crm: Caller, reference: str, story: Story, supervisor: str) -> dict[str, Any]:
    listed = crm.get("/escalations/?open=1")["results"]
    [found] = [row for row in listed if reference in (row["case"], row.get("reference"))]
    now = datetime.fromisoformat(crm.get("/sandbox/clock/")["now"])
    body = {
        "taken_by": supervisor, "next_step": story.taken,
        "until": (now + timedelta(minutes=30)).isoformat(),
    }  # fmt: skip
    taken: dict[str, Any] = crm.post(f"/escalations/{found['id']}/take/", body)
    second = crm.call("POST", f"/escalations/{found['id']}/take/", body)
    assert second.status == 409
    return taken


def tell(crm: Caller, reference: str, story: Story, spoken: dict[str, Any]) -> None:
    solution = spoken | {
        "action": "communicate_solution", "message": story.told, "cause": story.cause,
        "cause_category": "information",
        "options": [{"title": title} for title in story.options],
    }  # fmt: skip
    unmet = step(crm, reference, solution, status=409)
    assert unmet["code"] == "demand_unmet"
    assert [demand["code"] for demand in unmet["missing"]] == ["answer_question"]
    answered = {"answers": [{"question": 1, "answer": story.answer}]}
    case = step(crm, reference, solution | answered)["case"]
    assert clocks(case)["response"] == "kept"


def step(crm: Caller, reference: str, body: dict[str, Any], *, status: int = 201) -> dict[str, Any]:
    answer = crm.call("POST", f"/cases/{reference}/steps/", body)
    assert answer.status == status, answer
    found: dict[str, Any] = answer.body
    return found


def clocks(case: dict[str, Any]) -> dict[str, str]:
    """Return the state of each promise's newest clock."""
    return {row["promise"]: row["state"] for row in case["deadlines"]}
