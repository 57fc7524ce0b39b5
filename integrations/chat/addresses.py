"""A robot's address: as its chat program shows it, checked, and never shown again whole.

Whoever has the address can write into the group, so all of it is a secret.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from apprise import AppriseAsset, PersistentStoreMode
from apprise.exception import AppriseException
from apprise.plugins.base import NotifyBase
from apprise.plugins.custom_form import NotifyForm
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.gotify import NotifyGotify
from apprise.plugins.mattermost import NotifyMattermost
from apprise.plugins.ntfy import NotifyNtfy
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.webexteams import NotifyWebexTeams
from apprise.plugins.wecombot import NotifyWeComBot
from apprise.plugins.workflows import NotifyWorkflows
from apprise.plugins.zulip import NotifyZulip

from accounts.models import Robot, RobotKind
from integrations.chat.programs import DingTalk, Feishu, WeCom

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5.0, 10.0, 20.0

# All of them speak HTTP to the address alone: none starts a program, reads a file or
# writes to this host.
OTHERS: dict[str, type[NotifyBase]] = {
    "json": NotifyJSON, "jsons": NotifyJSON,
    "form": NotifyForm, "forms": NotifyForm,
    "discord": NotifyDiscord,
    "gchat": NotifyGoogleChat,
    "gotify": NotifyGotify, "gotifys": NotifyGotify,
    "mmost": NotifyMattermost, "mmosts": NotifyMattermost,
    "ntfy": NotifyNtfy, "ntfys": NotifyNtfy,
    "tgram": NotifyTelegram,
    "wxteams": NotifyWebexTeams,
    "zulip": NotifyZulip,
}  # fmt: skip

SHOWN_AS = {
    RobotKind.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
    RobotKind.DINGTALK: "https://oapi.dingtalk.com/robot/send?access_token=…",
    RobotKind.FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook/…",
    RobotKind.SLACK: "https://hooks.slack.com/services/…",
    RobotKind.TEAMS: "https://….logic.azure.com/workflows/…/triggers/manual/paths/invoke?…",
    RobotKind.OTHER: "ntfys://…, mmosts://…, jsons://…",
}
"""How each chat program shows the address of a robot."""

SIGNED = frozenset({RobotKind.DINGTALK, RobotKind.FEISHU})
"""The programs whose robots may have a secret, with which each message is signed."""

# Settings of the library, which an address must not bring along: one names a file to read.
NOT_IN_AN_ADDRESS = frozenset({"template", "verify", "attach", "attach-as", "store"})


KEY = re.compile(r"\d|.{16}")


class BadAddress(ValueError):
    """Raised for an address that is not one of a robot of this chat program."""


def plugin(robot: Robot, *, site: str = "") -> NotifyBase:
    """Return what speaks to this robot: once, briefly, to this address and no other.

    It follows no redirect, does not try again by itself, checks certificates, and keeps
    nothing. Raises BadAddress.
    """
    kind, address = RobotKind(robot.kind), robot.address.strip()
    try:
        if NOT_IN_AN_ADDRESS & {key.lower() for key, _value in parse_qsl(urlsplit(address).query)}:
            raise BadAddress
        cls, given = _read(kind, address)
        whole = given | {
            "asset": asset(site), "cto": CONNECT_SECONDS, "rto": READ_SECONDS,
            "retry": 0, "redirect": False, "verify": True,
        }  # fmt: skip
        for key in ("overflow", "format", "emojis", "wait", "schema"):
            whole.pop(key, None)
        return cls(**whole)
    except (AppriseException, LookupError, TypeError, ValueError):
        raise BadAddress from None  # the reason would quote the address


def _read(kind: RobotKind, address: str) -> tuple[type[NotifyBase], dict[str, Any]]:
    if kind is RobotKind.WECOM:
        return WeCom, _found(NotifyWeComBot.parse_native_url(address))
    if kind is RobotKind.DINGTALK:
        asked = _query(address, r"https://oapi\.dingtalk\.com/robot/send/?")
        return DingTalk, {"token": asked["access_token"], "secret": asked.get("secret")}
    if kind is RobotKind.FEISHU:
        asked = _query(
            address, r"https://open\.feishu\.cn/open-apis/bot/v2/hook/(?P<token>[^/?]+)/?"
        )
        return Feishu, {"token": asked["token"], "secret": asked.get("secret", "")}
    if kind is RobotKind.SLACK:
        given = _found(NotifySlack.parse_native_url(address))
        return NotifySlack, given | {"include_image": False, "include_footer": False}
    if kind is RobotKind.TEAMS:
        given = _found(NotifyWorkflows.parse_native_url(address))
        return NotifyWorkflows, given | {"include_image": False}
    cls = OTHERS.get(address.partition("://")[0].lower())
    if cls is None:
        raise BadAddress
    return cls, _found(cls.parse_url(address))


def _found(given: dict[str, Any] | None) -> dict[str, Any]:
    if not given:
        raise BadAddress
    return given


def _query(address: str, shape: str) -> dict[str, str]:
    """Return what an address of this shape says in its path and after the question mark."""
    head, _mark, query = address.partition("?")
    matched = re.fullmatch(shape, head, re.IGNORECASE)
    asked = {key: values[0] for key, values in parse_qs(query).items()}
    if matched is None or not matched.groupdict().keys() | asked.keys() & {"access_token"}:
        raise BadAddress
    return asked | matched.groupdict()


def asset(site: str) -> AppriseAsset:
    """Return how the library speaks for us: to one address, and keeping nothing."""
    return AppriseAsset(
        app_id="Casetrack", app_desc="Casetrack", app_url=site, image_url_mask="",
        image_url_logo="", async_mode=False, http_redirects=False,
        service_timeout=WHOLE_SECONDS, allow_templates=False,
        storage_mode=PersistentStoreMode.MEMORY,
    )  # fmt: skip


def signed_with(address: str, secret: str) -> str:
    """Return an address that carries the robot's secret too."""
    parts = urlsplit(address)
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key != "secret"]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("secret", secret)])))


def masked(address: str) -> str:
    """Return of an address what may be seen: the host, and the end of what is secret."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https"):
        host = ""  # elsewhere the token stands where a host would
    tail = address[-4:] if len(address) > len(parts.scheme) + len(host) + 16 else ""
    return f"{parts.scheme}://{host}/…{tail}" if host else f"{parts.scheme}://…{tail}"


def without_secrets(words: str, address: str) -> str:
    """Return what a server said without any part of the address that opens something."""
    for secret in sorted(_secrets(address), key=len, reverse=True):
        words = words.replace(secret, "***")
    return words


def _secrets(address: str) -> set[str]:
    """Return every part of an address that may open something, however it is quoted.

    The path of a web address has plain words in it; those that look like a key count.
    """
    parts = urlsplit(address)
    pieces = [value for _key, value in parse_qsl(parts.query)]
    pieces += [parts.username or "", parts.password or ""]
    if parts.scheme in ("http", "https"):
        pieces += [piece for piece in parts.path.split("/") if KEY.search(piece)]
    else:
        pieces += [*parts.path.split("/"), parts.netloc.rpartition("@")[2].partition(":")[0]]
    found = {form for piece in pieces for form in (piece, unquote(piece), quote(piece, safe=""))}
    return {piece for piece in found if len(piece) >= 4} | {address}
