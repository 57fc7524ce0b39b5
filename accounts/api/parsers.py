"""Bodies of requests: bounded, and refused with a reason where they cannot be read."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import parsers, status
from rest_framework.exceptions import APIException, ParseError

LARGEST_BODY = 1024 * 1024
"""Bytes. Evidence has a limit of its own."""

_HALF_A_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


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
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        if _HALF_A_CHARACTER.search(raw):
            _demand_whole_characters(found)
        return found


def _demand_whole_characters(found: Any) -> None:
    """Refuse a lone surrogate anywhere, also in the name of a field."""
    try:
        repr_ = _texts(found)
        "".join(repr_).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise ParseError(_("The JSON holds half a character.")) from error


def _texts(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found]
    if isinstance(found, list):
        return [text for item in found for text in _texts(item)]
    if isinstance(found, dict):
        return [text for name, item in found.items() for text in (name, *_texts(item))]
    return []


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
        if int(length) > settings.EVIDENCE_MAX_BYTES + LARGEST_BODY:
            raise BodyTooLarge
        return super().parse(stream, media_type, parser_context)
