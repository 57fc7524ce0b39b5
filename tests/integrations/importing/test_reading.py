from __future__ import annotations

import pytest

from integrations.importing.errors import ImportStopped
from integrations.importing.reading import read_table


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_common_dialect_is_recognised(delimiter: str, end: str) -> None:
    text = end.join([delimiter.join(row) for row in (["id", "text"], ["1", '"a, b; c"'], [""])])
    table = read_table(text)
    assert (table.columns, table.delimiter) == (["id", "text"], delimiter)
    [record] = table.records()
    assert (record.line, record.cells) == (2, ["1", "a, b; c"])


def test_a_record_is_named_by_the_line_that_it_starts_on() -> None:
    table = read_table('id,text\n1,"one\ntwo\n\nfour"\n\n2,plain\n3,"a ""quoted"" word"\n')
    assert [(r.line, r.cells[1]) for r in table.records()] == [
        (2, "one\ntwo\n\nfour"),
        (7, "plain"),
        (8, 'a "quoted" word'),
    ]


def test_a_quotation_mark_that_is_never_closed_spoils_its_own_line_alone() -> None:
    table = read_table('id,text\n1,fine\n2,"open\n3,fine too\n')
    found = [(r.line, r.trouble[:15]) for r in table.records()]
    assert found == [(2, ""), (3, "not readable as"), (4, "")]


def test_a_row_with_other_cells_than_the_header_is_named_not_shifted() -> None:
    table = read_table("a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n1,2,3\n")
    assert [(r.line, r.trouble) for r in table.records()] == [
        (2, "2 cells where the header has 3"),
        (3, "4 cells where the header has 3"),
        (4, ""),
        (5, ""),
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("just a sentence\nand another\n", "not a CSV"),
        ('{"id": 1}\n', "not a CSV"),
        ("id\x00\x01,b\n", "not a CSV"),
        ("id,text,id\n", "same name: id"),
    ],
)
def test_what_is_no_table_stops(text: str, word: str) -> None:
    with pytest.raises(ImportStopped, match=word):
        read_table(text)
