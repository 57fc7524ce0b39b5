"""A chat program in the house of the test: a real server on loopback that says what it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from accounts.models import Robot, RobotKind, Team


class Program:
    """Keeps what was posted, and answers with what stands next in ``answers``."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.port = port
        self.posted: list[tuple[str, Any]] = []
        self.answers: list[tuple[int, str]] = []
        self.before_answer: Callable[[], None] = lambda: None

    @property
    def said(self) -> list[str]:
        return [body["message"] for _path, body in self.posted]


@contextmanager
def chat_program() -> Iterator[Program]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            program.posted.append((self.path, json.loads(self.rfile.read(length))))
            program.before_answer()
            status, words = program.answers.pop(0) if program.answers else (200, "{}")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(words.encode())

        def log_message(self, *_words: Any) -> None:
            """Say nothing of it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    program = Program(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield program
    finally:
        server.shutdown()
        server.server_close()


KEY = "tok3n-of-the-group"


def robot_of(team: Team, program: Program, **more: Any) -> Robot:
    given: dict[str, Any] = {
        "name": "Pumps group",
        "kind": RobotKind.OTHER,
        "address": f"json://127.0.0.1:{program.port}/{KEY}",
        "language": "en",
    }
    robot = Robot.objects.create(**(given | more))
    robot.teams.add(team)
    return robot
