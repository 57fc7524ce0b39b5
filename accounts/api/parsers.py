"""Bodies of requests: bounded, and refused with a reason where they cannot be read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import parsers, status
from rest_framework.exceptions import APIException, ParseError

LARGEST_BODY = 1024 * 1024
"""Bytes. Evidence has a limit of its own."""

DEEPEST = 20
"""Lists and objects within each other. Ours are five deep."""


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = _("The request is larger than is accepted here.")


class JsonParser(parsers.JSONParser):
    """Reads JSON of at most 1 MB. Half characters and endless nesting are refused."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise BodyTooLarge
        try:
            found = super().parse(io.BytesIO(raw), media_type, parser_context)
            "".join(_texts(found, DEEPEST)).encode()
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except UnicodeEncodeError as error:
            raise ParseError(_("The JSON holds half a character.")) from error
        return found


def _texts(found: Any, depth: int) -> Iterator[str]:
    """List every text, names of fields too. Raises RecursionError below ``depth``."""
    if depth < 0:
        raise RecursionError
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for item in found:
            yield from _texts(item, depth - 1)
    elif isinstance(found, dict):
        yield from found
        for item in found.values():
            yield from _texts(item, depth - 1)


class UploadParser(parsers.MultiPartParser):
    """Reads a form with a file, no larger than evidence may be."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (parser_context or {})["request"]
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.EVIDENCE_MAX_BYTES + LARGEST_BODY:
            raise BodyTooLarge
        return super().parse(stream, media_type, parser_context)
