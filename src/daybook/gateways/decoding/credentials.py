"""Reading Content Credentials (C2PA) out of a file. Runs in the confined child only.

The library is Rust and parses hostile bytes. It is told never to fetch anything: neither a manifest that the file says lies at
an address, nor the state of a certificate. The confinement forbids it besides. Values are handed on unjudged: see
`kernel.media.credential_facts`.
"""

import contextlib
import io
import json
import logging
from typing import Any, Final

import c2pa

from daybook.kernel.media.credential_facts import UNTRUSTED

READABLE: Final = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "image/avif",
        "image/heic",
        "image/heif",
        "image/tiff",
        "video/mp4",
        "video/quicktime",
        "audio/mp4",
        "audio/mpeg",
        "audio/wav",
    }
)
"""The types it is asked about."""

_OFFLINE: Final = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
# Every manifest is a JUMBF box (ISO 19566-5), and a file whose manifest lies elsewhere says so in its XMP packet.
_BOX: Final = b"jumb"
_ELSEWHERE: Final = (b"dcterms:provenance", b"http://purl.org/dc/terms/")
_MOST_JSON: Final = 4 * 1024 * 1024
_MOST: Final = 8


def warm_up() -> None:
    """Let the library do once what it cannot do any more when confined: its calls back into Python need new code pages."""
    logging.getLogger("c2pa").disabled = True
    with contextlib.suppress(c2pa.C2paError):  # there is nothing in it, as expected
        c2pa.Reader(
            "image/jpeg", io.BytesIO(b"\xff\xd8\xff\xd9"), context=c2pa.Context.from_dict(_OFFLINE)
        ).close()


def read_credentials(content: io.BytesIO, content_type: str) -> dict[str, object]:
    """Read what Content Credentials a file carries and whether they fit it.

    Args:
        content: the whole file; its place is put back.
        content_type: as found by content, never as claimed.

    Returns:
        JSON for `kernel.media.credential_facts.judge_credentials`; empty where the file carries none. Never raises for what
        the file holds.
    """
    if content_type not in READABLE or not _worth_asking(content.getvalue()):
        return {}
    place = content.tell()
    content.seek(0)
    try:
        return _read(content, content_type)
    except c2pa.C2paError as refused:
        return _refused(str(refused))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {"state": "unreadable"}
    finally:
        content.seek(place)


def _worth_asking(content: bytes) -> bool:
    """Whether there can be any: the library takes much longer to say no than a search does."""
    head = _before_pixels(content) if content.startswith(b"\xff\xd8") else content
    return _BOX in head or any(mark in head for mark in _ELSEWHERE)


def _before_pixels(content: bytes) -> bytes:
    """A JPEG up to its pixels (ITU-T T.81, annex B), where all of the kind stands; the whole where that is unclear."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    return content[:at] if content[at : at + 2] == b"\xff\xda" else content


def _refused(words: str) -> dict[str, object]:
    # The library's errors have one public class; their kind is the first word.
    kind = words.partition(":")[0]
    if kind in ("ManifestNotFound", "NotSupported"):
        return {}
    if kind in ("RemoteManifest", "Remote"):
        return {"state": "elsewhere"}
    return {"state": "unreadable"}


def _read(content: io.BytesIO, content_type: str) -> dict[str, object]:
    with c2pa.Reader(content_type, content, context=c2pa.Context.from_dict(_OFFLINE)) as reader:
        state = str(reader.get_validation_state())
        written = reader.json()
    if len(written) > _MOST_JSON:
        return {"state": "unreadable"}
    store = json.loads(written)
    manifest: dict[str, Any] = store["manifests"][store["active_manifest"]]
    signature = manifest.get("signature_info") or {}
    generator = (manifest.get("claim_generator_info") or [{}])[0]
    actions = [
        action
        for assertion in manifest.get("assertions") or ()
        if str(assertion.get("label", "")).startswith("c2pa.actions")
        for action in (assertion.get("data") or {}).get("actions") or ()
    ]
    faults = [str(one.get("code", "")) for one in store.get("validation_status") or ()]
    return {
        "state": "fits" if state in ("Valid", "Trusted") else "does not fit",
        "signer": signature.get("issuer"),
        "common_name": signature.get("common_name"),
        "signed_at": signature.get("time"),
        "tool": " ".join(str(generator[key]) for key in ("name", "version") if generator.get(key)),
        "actions": [str(one.get("action", ""))[:100] for one in actions[:_MOST]],
        "source_types": sorted(
            {
                str(one["digitalSourceType"]).rpartition("/")[2][:100]
                for one in actions
                if one.get("digitalSourceType")
            }
        )[:_MOST],
        "faults": [code[:100] for code in faults if code not in UNTRUSTED][:_MOST],
    }
