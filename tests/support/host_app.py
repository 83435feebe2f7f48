"""A product of one file: run as a program, it is the back end or the front end of one release.

The name of the release says what is wrong with it: ``sick``, ``nologin``, ``nopatients``, ``nobundle``. So
does what it is given as it starts: with ``SICK`` it is never healthy, and with ``DATABASE_URL`` it logs in
with that for each page.
"""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROLE, RELEASE, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
SICK = "sick" in RELEASE or "SICK" in os.environ
DATABASE_URL = os.environ.get("DATABASE_URL", "")
SLOW_SECONDS = 0.2


class Handler(BaseHTTPRequestHandler):
    """Answers what the smoke tests ask, and slowly where that is asked for."""

    def do_GET(self) -> None:
        """Pages, health and patients."""
        if DATABASE_URL and self.path == "/" and not logs_in():
            return self._answer(500, "")
        if self.path == "/slow":
            time.sleep(SLOW_SECONDS)
        if self.path == "/health/":
            return self._answer(503 if SICK else 200, "ok")
        if self.path == "/api/v1/patients/":
            allowed = self.headers["Authorization"] == "Bearer renewed"
            return self._answer(200 if allowed else 401, "<html>" if "nopatients" in RELEASE else "[]")
        if self.path.endswith(".js"):
            return self._answer(404 if "nobundle" in RELEASE else 200, "")
        return self._answer(200, f'<script type="module" src="/assets/index-{RELEASE}.js"></script>{RELEASE}')

    def do_POST(self) -> None:
        """The login and its renewal."""
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "nologin" in RELEASE:
            return self._answer(500, "")
        if given == {"username": "tester", "password": "open sesame"}:
            return self._answer(200, json.dumps({"access": "first", "refresh": "again"}))
        good = given == {"refresh": "again"}
        return self._answer(200 if good else 401, json.dumps({"access": "renewed"} if good else {}))

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def logs_in() -> bool:
    """Whether the password that was read at the start is still good."""
    import psycopg  # only where there is a database: it takes longer to import than the rest to start

    try:
        psycopg.connect(DATABASE_URL, connect_timeout=10, prepare_threshold=None).close()
    except psycopg.OperationalError:
        return False
    return True


class Server(ThreadingHTTPServer):
    """Waits for requests under way when it is told to stop, as an application server does."""

    daemon_threads = False
    request_queue_size = 256


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    server = Server(("127.0.0.1", PORT), Handler)
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.serve_forever(poll_interval=0.05)
    finally:
        server.server_close()
        os._exit(0)
