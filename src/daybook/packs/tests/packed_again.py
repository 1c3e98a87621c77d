"""A pack taken apart into its files, and such files zipped again, as they are or listed to fit."""

import hashlib
import io
import re
import stat
import zipfile
from collections.abc import Mapping

from daybook.packs.bag_tags import TAG_FILES, manifest


def unpack(pack: bytes) -> dict[str, bytes]:
    """The files of a pack by path below its one folder, in their order."""
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        return {info.filename.partition("/")[2]: opened.read(info) for info in opened.infolist()}


def ordinary(name: str) -> zipfile.ZipInfo:
    """What a pack's zip says of each file."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFREG | 0o644) << 16
    return info


def repack(files: Mapping[str, bytes], top: str = "notes-2026-11-20") -> io.BytesIO:
    """A plain zip of these files, as a forger would write it to look like one of ours."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, data in files.items():
            made.writestr(ordinary(f"{top}/{path}"), data, zipfile.ZIP_DEFLATED)
    return out


def list_again(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files with bag-info and both manifests rewritten to fit, as a careful forger would."""
    payload = {
        path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path.startswith("data/")
    }
    octets = sum(len(data) for path, data in files.items() if path.startswith("data/"))
    info = re.sub(
        rb"Payload-Oxum: .*", b"Payload-Oxum: %d.%d" % (octets, len(payload)), files["bag-info.txt"]
    )
    fitted = {**files, "bag-info.txt": info, "manifest-sha256.txt": manifest(payload)}
    tags = {path: hashlib.sha256(fitted[path]).hexdigest() for path in TAG_FILES if path in fitted}
    return {**fitted, "tagmanifest-sha256.txt": manifest(tags)}
