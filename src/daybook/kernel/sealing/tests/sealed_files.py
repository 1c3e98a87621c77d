"""Makes sealed files for the tests beside it, and sources that tell what was read."""

import base64
import hmac
import random
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import strategies as st

from daybook.kernel.sealing.age import AgeReader, AgeWriter, HeldBytes, generate_identity, recipient_of
from daybook.kernel.sealing.bech32 import decode_bech32
from daybook.kernel.sealing.streams import CHUNK

# Fixed, because tests are named for it: a name must be the same in every process that runs them.
IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
RECIPIENT = recipient_of(IDENTITY)
OTHER_IDENTITY, OTHER_RECIPIENT = generate_identity()

# Every length at which the number or fullness of chunks changes, and some in between.
lengths = st.one_of(
    st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK]),
    st.integers(0, 4 * CHUNK),
)


def plain_bytes(length: int, seed: int = 0) -> bytes:
    """Give bytes that look random and are the same every time."""
    return random.Random(seed).randbytes(length)


def seal(plain: bytes, recipient: str = RECIPIENT) -> bytes:
    """Seal to a recipient in one write."""
    parts: list[bytes] = []
    with AgeWriter(parts.append, recipient=recipient) as writer:
        writer.write(plain)
    return b"".join(parts)


def seal_pieces(pieces: Iterable[bytes | bytearray | memoryview]) -> bytes:
    """Seal to the usual recipient in many writes."""
    parts: list[bytes] = []
    with AgeWriter(parts.append, recipient=RECIPIENT) as writer:
        for piece in pieces:
            writer.write(piece)
    return b"".join(parts)


def seal_beside(stanzas: bytes) -> bytes:
    """Seal "words" to the usual recipient with more stanzas in front, all under a valid header MAC.

    Written from the format and apart from the code under test, so that only what is wrong with ``stanzas``
    can keep the file from opening.
    """

    def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
        return HKDF(SHA256(), 32, salt, info).derive(secret)

    def base64_of(data: bytes) -> bytes:
        return base64.b64encode(data).rstrip(b"=")

    file_key, nonce, ephemeral = bytes(range(16)), bytes(16), X25519PrivateKey.generate()
    recipient = decode_bech32(RECIPIENT)[1]
    share = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    wrap_key = hkdf(shared, share + recipient, b"age-encryption.org/v1/X25519")
    body = ChaCha20Poly1305(wrap_key).encrypt(bytes(12), file_key, None)
    ours = b"-> X25519 " + base64_of(share) + b"\n" + base64_of(body) + b"\n"
    header = b"age-encryption.org/v1\n" + stanzas + ours + b"---"
    mac = hmac.digest(hkdf(file_key, b"", b"header"), header, "sha256")
    payload = ChaCha20Poly1305(hkdf(file_key, nonce, b"payload")).encrypt(bytes(11) + b"\x01", b"words", None)
    return header + b" " + base64_of(mac) + b"\n" + nonce + payload


def reader_of(sealed: bytes, identity: str = IDENTITY) -> AgeReader:
    """Read a file held in memory."""
    return AgeReader(HeldBytes(sealed), length=len(sealed), identity=identity)


def open_all(sealed: bytes, identity: str = IDENTITY) -> bytes:
    """Open a whole file held in memory."""
    return b"".join(reader_of(sealed, identity).read_all())


def header_length(sealed: bytes) -> int:
    """Give where the header ends and the payload nonce begins."""
    return sealed.index(b"\n", sealed.index(b"\n--- ") + 1) + 1


class WatchedBytes:
    """Byte ranges that remember what was asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads: list[tuple[int, int]] = []

    def read(self, start: int, length: int) -> bytes:
        """Give a range and remember it."""
        self.reads.append((start, length))
        return self.data[start : start + length]
