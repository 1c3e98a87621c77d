"""A small copy is passed on only when it is a plain JPEG and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.media.thumbnail import MAX_BYTES, measure_plain_jpeg
from tests import hostile_files

_SMALL = hostile_files.picture("JPEG", (48, 32))


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"quality": 95}, {"restart_marker_blocks": 1}]
)
def test_a_small_jpeg_is_measured(options: dict[str, Any]) -> None:
    assert measure_plain_jpeg(hostile_files.picture("JPEG", (48, 32), **options)) == (48, 32)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        hostile_files.HTML,
        hostile_files.picture("PNG", (48, 32)),
        hostile_files.picture("JPEG", (481, 32)),
        hostile_files.picture("JPEG", (48, 32), exif=hostile_files.honest_exif()),
        hostile_files.picture("JPEG", (48, 32), comment=b"<script>"),
        hostile_files.picture("JPEG", (48, 32), icc_profile=b"x" * 200),
        hostile_files.jpeg_and_html(),
        _SMALL + b"<script>",
        _SMALL + _SMALL,
        hostile_files.truncated(_SMALL),
        _SMALL[:-2],
        _SMALL[:4],
        _SMALL[:-2] + b"\xff\xe1\x00\x02\xff\xd9",
        b"\xff\xd8\xff\xd9",
        _SMALL[:-2] + b"\x00" * MAX_BYTES + b"\xff\xd9",
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        measure_plain_jpeg(content)


@given(st.integers(2, len(_SMALL) - 1), st.integers(0, 255))
def test_a_changed_byte_is_measured_or_refused(at: int, value: int) -> None:
    changed = _SMALL[:at] + bytes([value]) + _SMALL[at + 1 :]
    try:
        width, height = measure_plain_jpeg(changed)
    except ValueError:
        return
    assert 0 < width <= 480
    assert 0 < height <= 480
