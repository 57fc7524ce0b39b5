"""The three chat programs that answer 200 to everything, and say in the body what they think.

Apprise takes a 200 for a yes. Their robots refuse a wrong key, a missing signature or too
many messages with a 200 as well, so their answers are read here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import requests
from apprise.plugins.base import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from integrations.chat.said import Said, by_status


class Heard(NotifyBase):
    """A robot whose answer is kept in ``said``, in the program's own words.

    ``code_in`` and ``words_in`` are where its body holds them. ``for_good`` are the codes
    that no later try can change; any other but 0 may pass.
    """

    code_in = "errcode"
    words_in = "errmsg"
    for_good: frozenset[int] = frozenset()
    said: Said | None = None

    def tell(self, url: str, payload: dict[str, Any], params: dict[str, str]) -> bool:
        """Post a message and return whether the program took it."""
        try:
            answer = requests.post(
                url, params=params, data=json.dumps(payload, ensure_ascii=False).encode(),
                headers={"User-Agent": self.app_id, "Content-Type": "application/json"},
                verify=self.verify_certificate, timeout=self.request_timeout,
                allow_redirects=self.redirects,
            )  # fmt: skip
        except requests.RequestException as error:
            self.said = Said(accepted=False, words=f"{type(error).__name__}: {error}")
            return False
        self.said = self._read(answer)
        return self.said.accepted

    def _read(self, answer: requests.Response) -> Said:
        if answer.status_code != requests.codes.ok:
            return by_status(answer.status_code, answer.text)
        try:
            body = answer.json()
            code = int(body[self.code_in])
        except (ValueError, KeyError, TypeError):
            return Said(accepted=False, words=f"200 {answer.text}")
        words = f"{code} {body.get(self.words_in, '')}".strip()
        return Said(accepted=code == 0, words=words, for_good=code in self.for_good)


class WeCom(Heard, NotifyWeComBot):
    """A WeCom group robot. 45009, too many messages in a minute, passes."""

    # No such key; switched off; no longer in the group.
    for_good = frozenset({93000, 93004, 93008})

    def send(self, body: str, *_how: Any, **_more: Any) -> bool:
        return self.tell(self.api_url, {"msgtype": "text", "text": {"content": body}}, {})


class DingTalk(Heard, NotifyDingTalk):
    """A DingTalk group robot, signed where it has a secret. 130101 and 410100, too fast, pass."""

    # Key word, signature or address not allowed; no such group; no such token; switched off.
    for_good = frozenset({310000, 300001, 300005, 400013, 400101, 400102, 40035})

    def send(self, body: str, *_how: Any, **_more: Any) -> bool:
        params = {"access_token": str(self.token)}
        if self.secret:
            # The plugin's own signature is quoted already, and would be quoted again here.
            stamp = str(round(time.time() * 1000))
            params |= {"timestamp": stamp, "sign": signature(str(self.secret), stamp)}
        payload = {"msgtype": "text", "text": {"content": body}, "at": {"isAtAll": False}}
        return self.tell(self.notify_url.partition("?")[0], payload, params)


class Feishu(Heard, NotifyFeishu):
    """A Feishu group robot, signed where it has a secret. 11232 and 9499, too fast, pass."""

    code_in = "code"
    words_in = "msg"
    # No such hook; a wrong signature; an address not allowed; a key word is missing.
    for_good = frozenset({19001, 19002, 19003, 19021, 19022, 19024})

    def __init__(self, token: str, secret: str = "", **more: Any) -> None:
        super().__init__(token=token, **more)  # type: ignore[no-untyped-call]
        self.secret = secret

    def send(self, body: str, *_how: Any, **_more: Any) -> bool:
        payload: dict[str, Any] = {"msg_type": "text", "content": {"text": body}}
        if self.secret:
            stamp = str(round(time.time()))
            signed = hmac.new(f"{stamp}\n{self.secret}".encode(), b"", hashlib.sha256)
            sign = base64.b64encode(signed.digest()).decode()
            payload = {"timestamp": stamp, "sign": sign, **payload}
        return self.tell(self.notify_url.format(token=self.token), payload, {})


def signature(secret: str, stamp: str) -> str:
    """Return DingTalk's signature of a real moment, in milliseconds, by the robot's secret."""
    signed = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()
