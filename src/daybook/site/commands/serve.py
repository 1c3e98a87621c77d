"""``daybook serve``: the pages, on this machine only."""

import argparse
import contextlib
import ctypes
import gc
import os
import sys
import threading
import webbrowser

from django.conf import settings

from daybook.site.command_error import CommandError
from daybook.site.commands.asking import say
from daybook.site.rounds import Rounds
from daybook.site.server import PortTaken, serve
from daybook.site.wsgi import application

THREADS = 16
# glibc's M_ARENA_MAX, and how many heaps its threads may have: each keeps what a large file passed through, and by default
# there are eight for each processor.
ARENA_MAX, ARENAS = -8, 2
# A little over the longest file, so that our own page answers and not the server's refusal.
MOST_BODY_BYTES = 420 * 1024 * 1024


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped by Ctrl-C. Raises CommandError when the port is taken."""
    # Opening ten thousand entries makes as many short-lived values; the collector need not look at Django's own each time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    with contextlib.suppress(OSError, AttributeError):  # another system's allocator has no such thing
        ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS)

    def on_ready(port: int) -> None:
        address = f"http://localhost:{port}"
        say(f"Daybook is ready: {address}\nEverything is kept in {settings.HOME.path}\nStop it with Ctrl-C.")
        if arguments.open:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    try:
        with Rounds() as rounds:
            all_ended = serve(
                application,
                port=arguments.port,
                threads=THREADS,
                max_body_bytes=MOST_BODY_BYTES,
                on_ready=on_ready,
            )
    except PortTaken as error:
        raise CommandError(
            f"Port {arguments.port} is in use; perhaps Daybook is running already. Try --port {arguments.port + 1}."
        ) from error
    except ValueError as error:
        raise CommandError(str(error)) from error
    if not (all_ended and rounds.ended):
        say("Something was still under way. It was broken off; what was kept is safe.")
        sys.stdout.flush()
        os._exit(0)  # Python itself would wait for every thread
    return 0
