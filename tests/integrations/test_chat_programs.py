"""Each chat program: its address, what it is told, and how its answer is read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from apprise.plugins.slack import NotifySlack
from apprise.plugins.workflows import NotifyWorkflows

from accounts.models import Robot, RobotKind
from integrations.chat import addresses
from integrations.chat.addresses import OTHERS, BadAddress, masked, plugin, without_secrets
from integrations.chat.posting import post
from integrations.chat.programs import DingTalk, Feishu, WeCom
from integrations.chat.said import Message
from tests.integrations.chat import Program, chat_program

TEAMS = (
    "https://prod-161.westeurope.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64"
    "/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0"
    "&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A"
)
ADDRESSES = {
    RobotKind.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7bcd-4bc4-97a0",
    RobotKind.DINGTALK: "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec33e42541",
    RobotKind.FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook/3d0f1c2e-aaaa-bbbb-cccc",
    RobotKind.SLACK: "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    RobotKind.TEAMS: TEAMS,
    RobotKind.OTHER: "ntfys://ntfy.example.com/pumps-of-suzhou-8f3a",
}
SPEAKERS = {
    RobotKind.WECOM: WeCom, RobotKind.DINGTALK: DingTalk, RobotKind.FEISHU: Feishu,
    RobotKind.SLACK: NotifySlack, RobotKind.TEAMS: NotifyWorkflows,
    RobotKind.OTHER: OTHERS["ntfys"],
}  # fmt: skip


def robot(kind: RobotKind, address: str = "") -> Robot:
    return Robot(kind=kind, address=address or ADDRESSES[kind])


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A server on loopback in the place of all of them."""
    with chat_program() as started:
        base = started.address
        monkeypatch.setattr(WeCom, "notify_url", base + "/cgi-bin/webhook/send?key={key}")
        monkeypatch.setattr(DingTalk, "notify_url", base + "/robot/send?access_token={token}")
        monkeypatch.setattr(Feishu, "notify_url", base + "/open-apis/bot/v2/hook/{token}")
        monkeypatch.setattr(NotifySlack, "webhook_url", base + "/services")
        yield started


@pytest.mark.parametrize("kind", list(RobotKind), ids=str)
def test_the_address_that_the_program_shows_is_understood(kind: RobotKind) -> None:
    assert type(plugin(robot(kind))) is SPEAKERS[kind]


@pytest.mark.parametrize("kind", list(RobotKind), ids=str)
@pytest.mark.parametrize(
    "address",
    ["https://example.com/hook/1234567890", "nonsense", "http://[::1", "https://", " "],
)
def test_an_address_of_something_else_is_refused(kind: RobotKind, address: str) -> None:
    with pytest.raises(BadAddress):
        plugin(robot(kind, address))


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "syslog://", "rsyslog://localhost", "dbus://", "gnome://",
        "windows://", "macosx://", "mailto://a:b@example.com", "smpp://u:p@h/1/2", "mqtt://h/t",
        "json://h/x?template=/etc/passwd", "jsons://h/x?verify=no", "ntfy://h/t?attach=/etc/passwd",
        "apprise://h/token", "irc://h/c", "xmpp://u:p@h",
    ],
)  # fmt: skip
def test_what_runs_a_program_reads_a_file_or_is_not_http_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        plugin(robot(RobotKind.OTHER, address))


def test_a_template_cannot_be_smuggled_into_the_address_of_a_known_program() -> None:
    with pytest.raises(BadAddress):
        plugin(robot(RobotKind.TEAMS, TEAMS + "&Template=/etc/passwd"))


@pytest.mark.parametrize("kind", list(RobotKind), ids=str)
def test_every_robot_speaks_briefly_once_and_follows_nobody_elsewhere(kind: RobotKind) -> None:
    speaker = plugin(robot(kind))
    assert speaker.request_timeout == (addresses.CONNECT_SECONDS, addresses.READ_SECONDS)
    assert speaker.redirects is False
    assert speaker.verify_certificate is True
    assert speaker.retry == 0
    assert speaker.asset.storage_mode.value == "memory"


def says(program: Program, kind: RobotKind, address: str = "") -> tuple[str, Any]:
    post(robot(kind, address), Message("m", "泵 is late\n· CT-1"))
    [(path, body)] = program.posted
    return path, body


def test_wecom_is_told_in_a_text(program: Program) -> None:
    path, body = says(program, RobotKind.WECOM)
    assert path == "/cgi-bin/webhook/send?key=693a91f6-7bcd-4bc4-97a0"
    assert body == {"msgtype": "text", "text": {"content": "泵 is late\n· CT-1"}}


def test_dingtalk_is_told_in_a_text_signed_where_it_has_a_secret(program: Program) -> None:
    address = addresses.signed_with(ADDRESSES[RobotKind.DINGTALK], "SECabc123")
    path, body = says(program, RobotKind.DINGTALK, address)
    asked = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
    assert asked["access_token"] == "566cc69da782ec33e42541"
    signed = f"{asked['timestamp']}\nSECabc123".encode()
    digest = hmac.new(b"SECabc123", signed, hashlib.sha256).digest()
    assert base64.b64decode(asked["sign"]) == digest
    assert body["text"]["content"] == "泵 is late\n· CT-1"
    assert body["at"]["isAtAll"] is False


def test_feishu_is_told_in_a_text_signed_where_it_has_a_secret(program: Program) -> None:
    address = addresses.signed_with(ADDRESSES[RobotKind.FEISHU], "s3cret")
    path, body = says(program, RobotKind.FEISHU, address)
    assert path == "/open-apis/bot/v2/hook/3d0f1c2e-aaaa-bbbb-cccc"
    assert body["content"] == {"text": "泵 is late\n· CT-1"}
    key = f"{body['timestamp']}\ns3cret".encode()
    assert base64.b64decode(body["sign"]) == hmac.new(key, b"", hashlib.sha256).digest()


def test_slack_is_told_in_words_that_it_takes_for_words(program: Program) -> None:
    path, body = says(program, RobotKind.SLACK)
    assert path == "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    [attachment] = body["attachments"]
    assert attachment["text"] == "泵 is late\n· CT-1"
    assert "image" not in json.dumps(body)


def test_teams_is_told_in_a_card_without_pictures_from_elsewhere() -> None:
    speaker: Any = plugin(robot(RobotKind.TEAMS))
    card = speaker.gen_payload("泵 is late")["attachments"][0]["content"]
    assert [(part["type"], part["text"]) for part in card["body"]] == [("TextBlock", "泵 is late")]
    assert (speaker.host, speaker.port) == ("prod-161.westeurope.logic.azure.com", 443)


@pytest.mark.parametrize(
    ("kind", "status", "answer", "accepted", "for_good", "words"),
    [
        (RobotKind.WECOM, 200, '{"errcode":0,"errmsg":"ok"}', True, False, "0 ok"),
        (RobotKind.WECOM, 200, '{"errcode":93000,"errmsg":"invalid webhook url"}', False, True,
         "93000 invalid webhook url"),
        (RobotKind.WECOM, 200, '{"errcode":45009,"errmsg":"api freq out of limit"}', False, False,
         "45009 api freq out of limit"),
        (RobotKind.WECOM, 200, "<html>sign in</html>", False, False, "200 <html>sign in</html>"),
        (RobotKind.WECOM, 502, "bad gateway", False, False, "502 bad gateway"),
        (RobotKind.DINGTALK, 200, '{"errcode":310000,"errmsg":"sign not match"}', False, True,
         "310000 sign not match"),
        (RobotKind.DINGTALK, 200, '{"errcode":130101,"errmsg":"send too fast"}', False, False,
         "130101 send too fast"),
        (RobotKind.FEISHU, 200, '{"code":0,"msg":"success"}', True, False, "0 success"),
        (RobotKind.FEISHU, 200, '{"code":19001,"msg":"token invalid"}', False, True,
         "19001 token invalid"),
        (RobotKind.FEISHU, 200, '{"code":11232,"msg":"frequency limited"}', False, False,
         "11232 frequency limited"),
        (RobotKind.SLACK, 200, "ok", True, False, ""),
        (RobotKind.SLACK, 404, "no_service", False, True, "404 no_service"),
        (RobotKind.SLACK, 503, "busy", False, False, "503 busy"),
    ],
)  # fmt: skip
def test_an_answer_is_read_for_what_it_says_not_for_its_status(
    kind: RobotKind, status: int, answer: str, accepted: bool, for_good: bool, words: str,
    program: Program,
) -> None:  # fmt: skip
    program.answers = [(status, answer)]
    said = post(robot(kind), Message("m", "late"))
    assert (said.accepted, said.for_good, said.words) == (accepted, for_good, words)


def test_a_redirect_is_not_followed(program: Program) -> None:
    with chat_program() as elsewhere:
        program.answers = [(307, elsewhere.address)]
        address = f"json://127.0.0.1:{program.port}/here"
        assert not post(robot(RobotKind.OTHER, address), Message("m", "late")).accepted
        assert elsewhere.posted == []


@pytest.mark.parametrize("kind", list(RobotKind), ids=str)
def test_of_an_address_only_the_end_is_shown(kind: RobotKind) -> None:
    address = ADDRESSES[kind]
    shown = masked(address)
    assert shown.endswith("…" + address[-4:])
    key = max(address.replace("=", "/").replace("&", "/").split("/"), key=len)
    assert key[:8] not in shown.replace(urlsplit(address).hostname or "", "")


@pytest.mark.parametrize("kind", list(RobotKind), ids=str)
def test_no_part_of_an_address_that_opens_something_is_left_in_an_answer(kind: RobotKind) -> None:
    address = ADDRESSES[kind]
    parts = urlsplit(address)
    said = f"HTTPSConnectionPool: Max retries exceeded with url: {parts.path}?{parts.query}"
    cleaned = without_secrets(said, address)
    for secret in ("693a91f6", "566cc69d", "3d0f1c2e", "TIiajkdn", "KODuebWb", "pumps-of"):
        assert secret not in cleaned
    assert "Max retries exceeded" in cleaned
