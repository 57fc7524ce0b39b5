from __future__ import annotations

import json
from pathlib import Path

import pytest

from integrations.importing import mapping
from integrations.importing.errors import ImportStopped
from objections.vocabulary import Stage

HEADER = ["id", "desc", "datetime", "brand", "extra"]
MAPPED = [("external_id", "id"), ("statement", "desc"), ("received_at", "datetime")]


def test_a_column_that_bears_a_fields_name_needs_no_mapping() -> None:
    columns = mapping.lay_over(mapping.build(MAPPED, [], []), HEADER)
    assert columns.cell("brand", ["1", "words", "2020/6/8", " Hydra ", "x"]) == "Hydra"
    assert columns.unused == ("extra",)


def test_a_constant_stands_in_every_row_and_hides_the_column_of_that_name() -> None:
    columns = mapping.lay_over(mapping.build(MAPPED, [("brand", "Vela")], []), HEADER)
    assert columns.cell("brand", ["1", "words", "2020/6/8", "Hydra", "x"]) == "Vela"


@pytest.mark.parametrize("form", ["json", "toml"])
def test_a_mapping_file_says_it_all_and_the_command_line_goes_before(
    tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"mapping.{form}"
    toml = 'zone = "Asia/Tokyo"\n[map]\nstatement = "desc"\n[set]\nkind = "inquiry"\n'
    toml += '[stage]\n"done" = "closed"\n"*" = "listen"\n'
    given = {
        "zone": "Asia/Tokyo", "map": {"statement": "desc"}, "set": {"kind": "inquiry"},
        "stage": {"done": "closed", "*": "listen"},
    }  # fmt: skip
    path.write_text(json.dumps(given) if form == "json" else toml)
    said = mapping.build([("kind", "art")], [], [("done", "follow_up")], encoding="gb18030")
    plan = mapping.load(path).overlaid(said)
    assert plan.columns == {"statement": "desc", "kind": "art"}
    assert plan.constants == {}
    assert plan.stages == {"done": Stage.FOLLOW_UP, "*": Stage.LISTEN}
    assert (plan.zone, plan.encoding) == ("Asia/Tokyo", "gb18030")


@pytest.mark.parametrize(
    ("columns", "constants", "stages", "word"),
    [
        ([("colour", "c")], [], [], "no field “colour”"),
        ([("kind", "c")], [("kind", "inquiry")], [], "not both"),
        ([], [("external_id", "7")], [], "number of its own"),
        ([], [], [("done", "finished")], "no such stage"),
        ([], [], [("done", "merged")], "no such stage"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_named(
    columns: list[tuple[str, str]],
    constants: list[tuple[str, str]],
    stages: list[tuple[str, str]],
    word: str,
) -> None:
    with pytest.raises(ImportStopped, match=word):
        mapping.build(columns, constants, stages)


@pytest.mark.parametrize("text", ["[map", '[mapp]\nx = "y"\n', "[map]\nstatement = 3\n", "zone=1"])
def test_a_mapping_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    with pytest.raises(ImportStopped, match=r"mapping\.toml"):
        mapping.load(path)


def test_a_column_that_is_missing_is_named_with_those_that_are_there() -> None:
    with pytest.raises(ImportStopped, match=r"no column “text”.*Columns are: id, desc"):
        mapping.lay_over(mapping.build([("statement", "text")], [], []), HEADER)
    with pytest.raises(ImportStopped, match="--map external_id=COLUMN"):
        mapping.lay_over(mapping.build([], [], []), HEADER)


@pytest.mark.parametrize("text", ["statement", "=desc", "statement="])
def test_half_a_pair_is_refused(text: str) -> None:
    with pytest.raises(ImportStopped, match="NAME=VALUE"):
        mapping.pair(text)


def test_the_shipped_example_can_be_read() -> None:
    path = Path(__file__).parents[3] / "docs" / "examples" / "car-complaints-mapping.toml"
    plan = mapping.load(path)
    assert set(mapping.DEMANDED) <= plan.columns.keys()
    assert plan.stages["用户评分"] is Stage.CLOSED
