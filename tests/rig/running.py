"""A real ``daybook serve`` in a process of its own, with a home, a log and a temporary folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.rig.environment import without_test_database

__all__ = ["LiveDaybook", "StartDaybook", "live_daybook", "start_daybook", "unstarted_daybook"]

_START_SECONDS = 60
_STOP_SECONDS = 15

StartDaybook = Callable[[], "LiveDaybook"]


@dataclass
class LiveDaybook:
    """One Daybook on this machine, and all the places where it could leave something behind.

    ``words_before`` is what the server is started by, such as a program that watches it.
    """

    folder: Path
    port: int = field(default_factory=lambda: _free_port())
    environment: dict[str, str] = field(default_factory=dict)
    words_before: list[str] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://localhost:{self.port}"

    @property
    def home(self) -> Path:
        """Its ``DAYBOOK_HOME``."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """Its ``TMPDIR``: what it spools would lie here."""
        return self.folder / "temporary"

    @property
    def log(self) -> Path:
        """All it printed, on both streams."""
        return self.folder / "daybook.log"

    @property
    def process_id(self) -> int:
        """The number of the running server process, which leads a process group."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the server's process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and wait until it answers; may be called again after ``stop`` or ``kill``."""
        self.launch()
        self._wait_until_it_answers()

    def launch(self) -> None:
        """Start the server and do not wait for it."""
        assert self._process is None
        self.temporary.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.words_before, *_command(), "serve", "--port", str(self.port)],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def python_beside(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a Python module of ours on the same home, with pipes to talk to it; the caller ends it."""
        self.temporary.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        *arguments: str,
        passphrase: str | None = None,
        check: bool = True,
        words_before: Sequence[str] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run another ``daybook`` command on the same home and give what it printed.

        Args:
            arguments: the command's words, such as ``"pack", "--account", "demo"``.
            passphrase: what it finds in ``DAYBOOK_PASSPHRASE``.
            check: whether an exit code other than 0 raises.
            words_before: what the command is started by, such as a program that watches it.

        Raises:
            subprocess.CalledProcessError: it failed and ``check`` is true.
        """
        environment = self._environment()
        if passphrase is not None:
            environment["DAYBOOK_PASSPHRASE"] = passphrase
        self.temporary.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [*words_before, *_command(), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=check,
            timeout=600,
        )

    def stop(self) -> int:
        """Ask the server to stop, as a service manager does, and give its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server and its children at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        process, self._process = self._process, None
        process.send_signal(how)
        try:
            code = process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # Where each of its threads stands goes into its log, by the fault handler.
            process.send_signal(signal.SIGABRT)
            process.wait(_STOP_SECONDS)
            raise AssertionError(
                f"the server did not stop; it said:\n{self.log.read_text()[-8000:]}"
            ) from None
        finally:
            # Children that outlive the server, and a server that does not stop.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return code

    def _environment(self) -> dict[str, str]:
        own = {"DAYBOOK_HOME": str(self.home), "TMPDIR": str(self.temporary), "PYTHONUNBUFFERED": "1"}
        own["PYTHONFAULTHANDLER"] = "1"
        return without_test_database() | own | self.environment

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        give_up = time.monotonic() + _START_SECONDS
        while time.monotonic() < give_up:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.url, timeout=5):
                    return
            except urllib.error.HTTPError as answer:
                answer.close()
                return
            except OSError:
                time.sleep(0.05)
        pytest.fail(f"daybook serve did not answer; it said:\n{self.log.read_text(errors='replace')[-4000:]}")


def _command() -> list[str]:
    return [str(Path(sys.executable).with_name("daybook"))]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def start_daybook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartDaybook]:
    """Make as many running Daybooks as a test calls for; all end with the test."""
    running: list[LiveDaybook] = []

    def start() -> LiveDaybook:
        daybook = LiveDaybook(tmp_path_factory.mktemp("daybook"))
        running.append(daybook)
        daybook.start()
        return daybook

    yield start
    for daybook in running:
        if daybook._process is not None:
            daybook.kill()


@pytest.fixture
def unstarted_daybook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveDaybook]:
    """A Daybook without a home, to be started and killed as a test likes; it ends with the test."""
    daybook = LiveDaybook(tmp_path_factory.mktemp("daybook"))
    yield daybook
    if daybook._process is not None:
        daybook.kill()


@pytest.fixture
def live_daybook(start_daybook: StartDaybook) -> LiveDaybook:
    """A running Daybook with an empty home."""
    return start_daybook()
