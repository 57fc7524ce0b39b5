"""A POST that was sent twice does its work once.

With an ``Idempotency-Key`` the answer is stored in the transaction of the effect, so
that the two exist together or not at all. What was refused changed nothing and is not
stored: the same key may try again.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.strict import wrong
from accounts.api.views import ApiView
from objections.api.callers import Caller
from objections.models import IdempotentRequest
from timekeeping.clock import now

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_HEADERS = ("ETag", "Location")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

V = TypeVar("V", bound=ApiView)
P = ParamSpec("P")
Handler: TypeAlias = Callable[Concatenate[V, Request, P], Response]


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used before, with another request.")


class InProgress(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "idempotency_in_progress"
    default_detail = _("A request with this Idempotency-Key is still running. Ask again.")


def idempotent(handler: Handler[V, P]) -> Handler[V, P]:
    """Wrap a view's ``post`` in one transaction, and honour its ``Idempotency-Key``.

    Keys are kept per client, and per person in a browser. The same key and body give
    the stored answer; another body is refused (422); while the first still runs, a
    second is refused (409) rather than made to wait.
    """

    @functools.wraps(handler)
    def post(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        with transaction.atomic(), _claimed(request, "pg_try_advisory_xact_lock"):
            return _once(request, lambda: handler(view, request, *args, **kwargs))

    return post


def idempotent_apart(handler: Handler[V, P]) -> Handler[V, P]:
    """Honour the key of a ``post`` whose effect commits in transactions of its own.

    Only for effects that may happen twice without harm: if the process dies between the
    effect and its answer, the same key does it again.
    """

    @functools.wraps(handler)
    def post(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        with _claimed(request, "pg_try_advisory_lock", release="pg_advisory_unlock"):
            return _once(request, lambda: handler(view, request, *args, **kwargs))

    return post


def _once(request: Request, act: Callable[[], Response]) -> Response:
    """Return the stored answer to this request, or act and store the answer."""
    key = _key(request)
    if key is None:
        return act()
    fingerprint, owner = _fingerprint(request), _owner(Caller.of(request))
    stored = IdempotentRequest.objects.filter(key=key, **owner).first()
    if stored is not None:
        return _replay(stored, fingerprint)
    answer = act()
    IdempotentRequest.objects.create(
        key=key, fingerprint=fingerprint, status=answer.status_code, answer=_kept(answer),
        created_at=now(), **owner,
    )  # fmt: skip
    return answer


@contextmanager
def _claimed(request: Request, lock: str, *, release: str = "") -> Iterator[None]:
    """Hold the request's key, or say that another request holds it right now."""
    key = _key(request)
    if key is None:
        yield
        return
    owner = _owner(Caller.of(request))
    name = f"idempotency {owner['client']} {owner['user_id']} {key}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    if not _asked(lock, number):
        raise InProgress
    try:
        yield
    finally:
        if release:
            _asked(release, number)


def _asked(function: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [number])
        taken: bool = cursor.fetchone()[0]
    return taken


def _key(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise wrong(HEADER, _("A key is 1 to 200 visible ASCII characters."), "invalid")
    return key


def _owner(caller: Caller) -> dict[str, Any]:
    if caller.client is not None:
        return {"client": caller.client, "user_id": None}
    assert caller.user is not None
    return {"client": None, "user_id": caller.user.pk}


def _fingerprint(request: Request) -> str:
    """Return a digest of what was asked: address and body, however the JSON was spaced."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    body = request.data
    files = request.FILES
    words = {name: body[name] for name in body if name not in files} if files else body
    digest.update(json.dumps(words, sort_keys=True).encode())
    for name in sorted(files):
        digest.update(f"\n{name} {files[name].name}\n".encode())
        _add(digest, files[name])
    return digest.hexdigest()


def _add(digest: Any, file: UploadedFile) -> None:
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)


def _kept(answer: Response) -> dict[str, Any]:
    headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
    return {"body": json.loads(JSONRenderer().render(answer.data)), "headers": headers}


def _replay(stored: IdempotentRequest, fingerprint: str) -> Response:
    if stored.fingerprint != fingerprint:
        raise KeyReused
    headers = {**stored.answer["headers"], REPLAYED: "true"}
    return Response(stored.answer["body"], stored.status, headers=headers)
