from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from casetrack.probe import well


class Site(BaseHTTPRequestHandler):
    """Answers `/well` to its own name only, as the product does."""

    def do_GET(self) -> None:
        good = self.path == "/well" and self.headers["Host"] == "cases.example.com"
        self.send_response(200 if good else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_that_answers_well_is_well(site: str) -> None:
    assert well(f"{site}/well", "cases.example.com")


def test_an_address_that_complains_is_not(site: str) -> None:
    assert not well(f"{site}/ill", "cases.example.com")


def test_an_address_that_does_not_know_the_name_is_not(site: str) -> None:
    assert not well(f"{site}/well", "elsewhere.example.com")


def test_silence_is_not() -> None:
    assert not well("http://127.0.0.1:9/well", "cases.example.com")
