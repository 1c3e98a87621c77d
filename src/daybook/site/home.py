"""The home folder: the only state there is. Database, sealed files and the server's own keys, readable by their owner alone.

DAYBOOK_HOME/
  daybook.sqlite3     rows (unless DATABASE_URL names PostgreSQL)
  files/              sealed bodies
  keys/               server key, peppers, Django's signing key (0600)
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

KEY_BYTES = 32
SERVER_KEY = "server-key"
SIGNING_KEY = "signing-key"
FIRST_PEPPER = "pepper-1"


class HomeError(Exception):
    """The home folder cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where everything is kept."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "daybook.sqlite3"

    @property
    def files(self) -> Path:
        """The folder of sealed bodies."""
        return self.path / "files"

    @property
    def keys(self) -> Path:
        """The folder of the server's keys."""
        return self.path / "keys"

    def key(self, name: str) -> bytes:
        """One of the server's keys: 32 bytes. Raises HomeError when it is missing or not whole."""
        try:
            value = (self.keys / name).read_bytes()
        except FileNotFoundError:
            raise HomeError(
                f"The key file {self.keys / name} is missing. Without it nothing in this home can be opened. "
                "Put the keys folder back from the copy it was made with."
            ) from None
        if len(value) != KEY_BYTES:
            raise HomeError(
                f"The key file {self.keys / name} is not {KEY_BYTES} bytes long. Put it back from a copy."
            )
        return value

    def peppers(self) -> dict[int, bytes]:
        """Every pepper this home holds, by version."""
        versions = sorted(int(path.name.removeprefix("pepper-")) for path in self.keys.glob("pepper-[0-9]*"))
        return {version: self.key(f"pepper-{version}") for version in versions} or {1: self.key(FIRST_PEPPER)}


def home_of_environment() -> Home:
    """The home that DAYBOOK_HOME names, or ``~/.local/share/daybook``."""
    named = os.environ.get("DAYBOOK_HOME")
    return Home(
        Path(named).expanduser().absolute() if named else Path.home() / ".local" / "share" / "daybook"
    )


def prepare_home(home: Home) -> bool:
    """Make the folders and keys of a home that has none; True when it is new.

    Raises HomeError when a home with a database has lost its keys: new ones would lock its owner out for good.
    """
    try:
        for folder in (home.path, home.files, home.keys):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
    except OSError as error:
        raise HomeError(
            f"The folder {home.path} cannot be used: {error.strerror}. Set DAYBOOK_HOME to another."
        ) from error
    names = (SERVER_KEY, SIGNING_KEY, FIRST_PEPPER)
    missing = [name for name in names if not (home.keys / name).exists()]
    if not missing:
        return False
    if home.database.exists():
        home.key(missing[0])
    # A start that died half-way left some keys; nothing was sealed under them yet, so the others are made beside them.
    for name in missing:
        _write_key(home.keys / name)
    return True


def _write_key(path: Path) -> None:
    """A key is there whole or not at all, whatever happens in between."""
    partial = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
