from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client as Browser
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from casetrack.api.errors import TITLES
from objections.api.steps import IN_JSON
from objections.vocabulary import Action

# The library says nothing of its types.
generator: Any = SchemaGenerator
renderer: Any = OpenApiYamlRenderer
validate: Any = validate_schema

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def schema() -> Any:
    with translation.override("en"), warnings.catch_warnings():
        warnings.simplefilter("error")
        GENERATOR_STATS.reset()
        return generator().get_schema(public=True)


def test_the_committed_document_is_the_one_that_is_served(schema: Any) -> None:
    """To renew it: manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"""
    written = renderer().render(schema, renderer_context={})
    assert COMMITTED.read_bytes().strip() == written.strip()


def test_the_document_is_made_without_a_warning(schema: Any) -> None:
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_the_document_is_valid_openapi_3_1(schema: Any) -> None:
    assert schema["openapi"].startswith("3.1")
    validate(schema)


def test_each_step_is_described_and_told_apart_by_its_action(schema: Any) -> None:
    step = schema["components"]["schemas"]["Step"]
    assert step["discriminator"]["propertyName"] == "action"
    assert set(step["discriminator"]["mapping"]) == {action.value for action in IN_JSON}
    acknowledge = schema["components"]["schemas"]["AcknowledgeStep"]
    assert acknowledge["properties"]["action"] == {"type": "string", "const": "acknowledge"}
    assert acknowledge["required"] == ["action", "channel", "summary"]
    assert acknowledge["additionalProperties"] is False
    assert Action.ATTACH not in step["discriminator"]["mapping"]


def test_every_post_takes_an_idempotency_key_and_every_refusal_is_a_problem(schema: Any) -> None:
    for path in schema["paths"].values():
        for method, operation in path.items():
            names = {one["name"] for one in operation.get("parameters", [])}
            assert ("Idempotency-Key" in names) == (method == "post")
            for code, answer in operation["responses"].items():
                kind = "application/json" if code < "300" else "application/problem+json"
                assert list(answer["content"]) == [kind]


def test_every_operation_says_what_it_does_under_a_name_of_its_own(schema: Any) -> None:
    operations = [one for path in schema["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert all(one["description"] for one in operations)


def test_the_codes_of_problems_are_in_the_document(schema: Any) -> None:
    text = yaml.safe_dump(schema)
    told_by_status = {"permission_denied", "not_found", "method_not_allowed", "not_acceptable",
                      "unsupported_media_type", "too_large", "throttled"}  # fmt: skip
    for code in set(TITLES) - told_by_status:
        assert code in text, code


@pytest.mark.django_db
def test_whoever_integrates_may_read_the_document_and_the_pages() -> None:
    browser = Browser()
    answer = browser.get("/api/schema/")
    assert answer.status_code == 200
    assert yaml.safe_load(answer.content)["info"]["title"] == "Casetrack"
    page = browser.get("/api/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<script>" not in text
    assert "<style" not in text
    assert "//" not in text.replace("http://testserver", "")
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
