from __future__ import annotations

import pytest

from integrations.importing.encodings import decode
from integrations.importing.errors import ImportStopped

CHINESE = (
    "编号,投诉内容,日期\n1,新车天窗漏水，多次维修没有解决,2020/6/8\n"
    "2,变速箱顿挫，低速行驶时异响,2020/6/9\n"
)
GERMAN = (
    "Nr,Text,Datum\n1,Die Bremse lässt sich nicht lösen und quietscht,2020-06-08\n"
    "2,Für die Prüfung fehlen Schlüssel und Gehäuse,2020-06-09\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_chinese_is_read_in_whatever_it_was_written_and_the_encoding_is_said(encoding: str) -> None:
    found = decode(CHINESE.encode(encoding))
    assert (found.text, found.encoding, found.detected) == (CHINESE, encoding, True)


def test_big5_is_not_taken_for_gb18030() -> None:
    text = "編號,內容\n" + "1,這台水泵的機械密封又漏水了，請貴公司儘速派人前來檢查\n" * 20
    found = decode(text.encode("big5"))
    assert found.text == text


def test_western_letters_are_not_taken_for_chinese() -> None:
    found = decode(GERMAN.encode("cp1252"))
    assert found.text == GERMAN


def test_plain_letters_are_plain_letters() -> None:
    assert decode(b"id,text\n1,hello\n").encoding == "ascii"


def test_a_few_broken_bytes_do_not_change_what_the_rest_is_read_as() -> None:
    found = decode(CHINESE.encode() + b"3,\xff\xfe,2020/6/9\n")
    assert found.encoding == "utf-8"
    assert found.text.startswith(CHINESE)


def test_an_encoding_that_is_told_is_believed() -> None:
    found = decode("é;è\n".encode("latin-1"), "latin-1")
    assert (found.text, found.detected) == ("é;è\n", False)


@pytest.mark.parametrize(
    ("data", "encoding", "word"),
    [
        (b"", "", "empty"),
        (b" \n\n", "", "empty"),
        (b"PK\x03\x04rest", "", "workbook"),
        (b"\x89PNG\r\n\x1a\n", "", "not a CSV"),
        (b"a,b\n1,2\n", "klingon-8", "klingon-8"),
        ("编号,内容\n".encode("gb18030"), "utf-8", "first line"),
    ],
)
def test_what_is_no_text_stops_with_a_word_that_says_why(
    data: bytes, encoding: str, word: str
) -> None:
    with pytest.raises(ImportStopped, match=word):
        decode(data, encoding)
