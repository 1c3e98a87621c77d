"""Server-side secrets: the server key and the peppers, given by settings, typed so that they never print."""

import hashlib
import hmac
import unicodedata
from uuid import UUID

from django.conf import settings


class ServerSecrets:
    """The server key (32 bytes) and the pepper of each version (32 bytes). Its repr shows neither."""

    __slots__ = ("_peppers", "_server_key")

    def __init__(self, *, server_key: bytes, peppers: dict[int, bytes]) -> None:
        if len(server_key) != 32 or not peppers or any(len(pepper) != 32 for pepper in peppers.values()):
            raise ValueError("the server key and each pepper are 32 bytes")
        self._server_key = server_key
        self._peppers = dict(peppers)

    def __repr__(self) -> str:
        return "ServerSecrets(…)"

    @property
    def pepper_version(self) -> int:
        """The pepper new slots are sealed under."""
        return max(self._peppers)

    def pepper(self, version: int) -> bytes:
        """The pepper of ``version``; raises LookupError when this server does not hold it."""
        return self._peppers[version]

    def keyed(self, purpose: str, *parts: bytes) -> bytes:
        """HMAC-SHA-256 under the server key for one purpose: 32 bytes."""
        mac = hmac.new(self._server_key, purpose.encode() + b"\0", hashlib.sha256)
        for part in parts:
            mac.update(len(part).to_bytes(4, "big") + part)
        return mac.digest()

    def lookup(self, name: str) -> bytes:
        """What a name is found by: capitals, width and spacing do not count."""
        folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        return self.keyed("account-lookup/v1", folded.encode())

    def dummy_salt(self, lookup: bytes, kind: str) -> bytes:
        """The salt an unknown name gets: always the same for that name, so that it looks like an account's own."""
        return self.keyed("dummy-salt/v1", lookup, kind.encode())[:16]

    def session_key(self, secret: bytes, account: UUID) -> bytes:
        """The key an unlocked browser's account key is sealed under; it needs both the cookie and the server key."""
        return self.keyed("unlock/v1", secret, account.bytes)


def server_secrets() -> ServerSecrets:
    """The secrets this server was started with."""
    return settings.SERVER_SECRETS
