"""Bodies of forms with files, as a browser sends them: names go out as they are."""

from collections.abc import Mapping, Sequence
from typing import Final

BOUNDARY: Final = "----DaybookFormBoundary7MA4YWxkTrZu0gW"

Sent = tuple[str, bytes]
"""A file: its name, raw, and its content."""


def field_part(name: str, value: str) -> bytes:
    """A field of a form."""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file_head(name: str, *, field: str = "file", declared: str = "application/octet-stream") -> bytes:
    """What comes before a file's content. Quotation marks and line breaks in a name go out as browsers write them."""
    raw = name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{raw}"\r\n'
        f"Content-Type: {declared}\r\n\r\n"
    ).encode()


def form_end() -> bytes:
    """What comes after the last part."""
    return f"--{BOUNDARY}--\r\n".encode()


def form_body(fields: Mapping[str, str], files: Sequence[Sent]) -> bytes:
    """A whole form."""
    parts = [field_part(name, value) for name, value in fields.items()]
    parts += [file_head(name) + content + b"\r\n" for name, content in files]
    return b"".join([*parts, form_end()])
