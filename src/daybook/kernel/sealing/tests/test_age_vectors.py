"""The public age vectors come out as they say, and files sealed by earlier versions of Daybook still open."""

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from daybook.kernel.sealing.age import AgeReader, HeldBytes
from daybook.kernel.sealing.errors import CannotOpen, SealingError, UnknownEnvelope

VECTORS = Path(__file__).parents[5] / "tests" / "vectors" / "age"
PUBLIC = sorted(path.name for path in (VECTORS / "cctv").iterdir())
OURS = [
    pytest.param(folder, vector, id=f"{folder.name}/{vector['file']}")
    for folder in sorted(VECTORS.glob("daybook-*"))
    for vector in json.loads((folder / "vectors.json").read_text(encoding="utf-8"))
]

# Its second chunk is marked as last and a third follows. The vector's hash counts the second chunk, which a
# streaming reader gives out before it sees the third; we know there is a third and give out the first only.
SECOND_OF_TWO_LAST_CHUNKS = "stream_two_final_chunks_second"
ITS_FIRST_CHUNK = "a68cb6fa0b2e2a8d1abd54fcb26ff31fe16166ed38688bffa681e617813b781a"


def read_vector(name: str) -> tuple[list[tuple[str, str]], bytes]:
    head, _, body = (VECTORS / "cctv" / name).read_bytes().partition(b"\n\n")
    facts = [(key, value) for key, _, value in (line.partition(": ") for line in head.decode().splitlines())]
    return facts, zlib.decompress(body) if ("compressed", "zlib") in facts else body


def open_vector(sealed: bytes, key: dict[str, str]) -> tuple[bytes, SealingError | None]:
    """Give what was given out, and the error that ended it if any."""
    given = bytearray()
    try:
        reader = AgeReader(HeldBytes(sealed), length=len(sealed), **key)  # type: ignore[arg-type]  # one of the two keys
        for piece in reader.read_all():
            given += piece
    except SealingError as error:
        return bytes(given), error
    return bytes(given), None


def test_the_public_vectors_are_all_here() -> None:
    assert len(PUBLIC) == 92


@pytest.mark.parametrize("name", PUBLIC)
def test_public_vector(name: str) -> None:
    facts, sealed = read_vector(name)
    expected = dict(facts)
    keys = [{key: value} for key, value in facts if key in ("identity", "passphrase")]
    assert keys or name == "empty"
    for key in keys:
        given, error = open_vector(sealed, key)
        digest = hashlib.sha256(given).hexdigest()
        if expected["expect"] == "success":
            assert error is None
            assert digest == expected["payload"]
            continue
        assert isinstance(error, UnknownEnvelope if name == "version_unsupported" else CannotOpen)
        if name == SECOND_OF_TWO_LAST_CHUNKS:
            assert digest == ITS_FIRST_CHUNK
        else:
            assert not given or digest == expected["payload"]


@pytest.mark.parametrize(("folder", "vector"), OURS)
def test_a_file_of_an_earlier_version_opens(folder: Path, vector: dict[str, Any]) -> None:
    stored = (folder / vector["file"]).read_bytes()
    reader = AgeReader(
        HeldBytes(stored),
        length=vector["length"],
        identity=vector.get("identity"),
        passphrase=vector.get("passphrase"),
    )
    assert reader.plain_length == vector["plain_length"]
    assert hashlib.sha256(b"".join(reader.read_all())).hexdigest() == vector["plain_sha256"]
