"""Which part of a file a request asks for, to the letter of RFC 9110, section 14."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.site.pages.files.ranges import NotSatisfiable, Part, wanted_part, whole

ETAG = '"abc"'


def part(header: str | None, size: int = 1000, if_range: str | None = None) -> Part:
    return wanted_part(header, if_range, size=size, etag=ETAG)


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 1000),
        ("bytes=500-999", 500, 1000),
        ("bytes=500-5000", 500, 1000),
        ("bytes=999-", 999, 1000),
        ("bytes=-1", 999, 1000),
        ("bytes=-5000", 0, 1000),
        ("BYTES=1-2", 1, 3),
        ("bytes= 1-2 ,", 1, 3),
        ("bytes=007-8", 7, 9),
    ],
)
def test_one_range_is_understood(header: str, start: int, stop: int) -> None:
    found = part(header)
    assert (found.start, found.stop, found.status) == (start, stop, 206)
    assert found.headers == {
        "Content-Length": str(stop - start),
        "Content-Range": f"bytes {start}-{stop - 1}/1000",
    }


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=1000-1000"])
def test_a_range_outside_the_file_cannot_be_given(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        part(header)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=5-4",
        "bytes=a-b",
        "bytes=--1",
        "bytes=1",
        "bytes=+1-2",
        "bytes=1-2-3",
        "bytes=\u0661-\u0662",
        "bytes=" + "9" * 40 + "-",
        "items=0-5",
        "bytes=0-1,5-6",
        "bytes=0-0, -1",
    ],
)
def test_what_is_not_one_range_gets_the_whole(header: str | None) -> None:
    assert part(header) == whole(1000)
    assert whole(1000).headers == {"Content-Length": "1000"}


def test_an_empty_file_has_no_parts() -> None:
    assert part("bytes=-5", size=0) == whole(0)
    with pytest.raises(NotSatisfiable):
        part("bytes=0-", size=0)


@pytest.mark.parametrize("if_range", ['W/"abc"', '"other"', "abc", "Fri, 20 Nov 2026 18:00:00 GMT", ""])
def test_a_part_of_something_else_is_not_given(if_range: str) -> None:
    assert part("bytes=5-9", if_range=if_range) == whole(1000)


def test_a_part_of_the_very_same_is_given() -> None:
    assert part("bytes=5-9", if_range=ETAG).length == 5


def test_a_long_part_is_cut_and_says_so_and_the_whole_never_is() -> None:
    cut = part("bytes=100-").cut(50)
    assert (cut.start, cut.stop, cut.headers["Content-Range"]) == (100, 150, "bytes 100-149/1000")
    assert whole(1000).cut(50) == whole(1000)


@given(
    st.one_of(st.text(), st.from_regex(r"bytes=[0-9]{0,20}-[0-9]{0,20}(,[0-9-]*)?", fullmatch=True)),
    st.integers(0, 10**13),
)
def test_whatever_is_asked_the_part_lies_within_the_file(header: str, size: int) -> None:
    try:
        found = part(header, size)
    except NotSatisfiable:
        return
    assert 0 <= found.start <= found.stop <= size
    assert found.length > 0 or size == 0
