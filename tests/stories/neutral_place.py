"""The page that "Exit this page" leads to: a server of its own on this machine, so that it stands when Daybook does not."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TITLE = "Weather"
_LONGEST_SECONDS = 30
_PAGE = f"<!doctype html><html lang=en><title>{TITLE}</title><link rel=icon href='data:,'><h1>Sunny spells</h1>".encode()


@dataclass
class NeutralPlace:
    """A running neutral page: it answers only while ``answers`` is set, and notes who told it where they came from."""

    server: ThreadingHTTPServer
    answers: threading.Event = field(default_factory=threading.Event)
    referrers: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://localhost:{self.server.server_address[1]}/"


def start_neutral_place() -> NeutralPlace:
    """Start one; the caller calls ``server.shutdown()`` and ``server.server_close()``."""
    place: NeutralPlace

    class Weather(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if referrer := self.headers.get("Referer"):
                place.referrers.append(referrer)
            place.answers.wait(_LONGEST_SECONDS)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(_PAGE)))
            self.end_headers()
            self.wfile.write(_PAGE)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – named so by its base
            """Say nothing: the tests look at what was asked, not at a log."""

    place = NeutralPlace(ThreadingHTTPServer(("127.0.0.1", 0), Weather))
    place.answers.set()
    threading.Thread(target=place.server.serve_forever, daemon=True).start()
    return place
