"""What a picture says of itself is believed where it can be right and doubted where it cannot."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.media import ImageFacts, metres_between, read_facts

_PLAIN: dict[str, object] = {"width": 4032, "height": 3024, "format": "JPEG"}
_PLACE: dict[str, object] = {
    "latitude": [[52, 1], [38, 1], [1050, 100]],
    "latitude_ref": "N",
    "longitude": [[1, 1], [8, 1], [525, 100]],
    "longitude_ref": "W",
}


def _read(**raw: object) -> ImageFacts:
    return read_facts(_PLAIN | raw)


def _doubted(facts: ImageFacts) -> set[str]:
    return {doubt.field for doubt in facts.doubts}


def test_what_a_phone_writes_is_believed() -> None:
    facts = _read(
        **_PLACE,
        taken_at="2026:11:20 18:00:00",
        offset="+00:00",
        make="Acme\x00",
        model="Phone 1",
        orientation=6,
        altitude=[673, 10],
    )
    assert facts.place == (52.63625, -1.1347917)
    assert facts.taken_at == datetime.fromisoformat("2026-11-20T18:00:00")
    assert facts.doubts == ()
    assert facts.as_metadata() == {
        "width": 4032,
        "height": 3024,
        "format": "JPEG",
        "orientation": 6,
        "taken_at": "2026-11-20T18:00:00",
        "offset": "+00:00",
        "make": "Acme",
        "model": "Phone 1",
        "latitude": 52.63625,
        "longitude": -1.1347917,
        "altitude_m": 67.3,
    }


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (_PLACE | {"latitude": [[99, 1]]}, "latitude"),
        (_PLACE | {"longitude": [[181, 1]]}, "longitude"),
        (_PLACE | {"latitude": [[0, 0], [0, 0], [0, 0]]}, "latitude"),
        (_PLACE | {"latitude": [[52, 1], [70, 1], [0, 1]]}, "latitude"),
        (_PLACE | {"latitude": [[-52, 1]]}, "latitude"),
        (_PLACE | {"latitude": [[10**400, 1]]}, "latitude"),
        (_PLACE | {"latitude": "52.6"}, "latitude"),
        (_PLACE | {"latitude": []}, "latitude"),
        (_PLACE | {"latitude_ref": ""}, "latitude"),
        (_PLACE | {"longitude_ref": "N"}, "longitude"),
        (_PLACE | {"longitude": None}, "latitude"),
        (
            {"latitude": [[0, 1]] * 3, "latitude_ref": "N", "longitude": [[0, 1]] * 3, "longitude_ref": "E"},
            "latitude",
        ),
        ({"taken_at": "0000:00:00 00:00:00"}, "taken_at"),
        ({"taken_at": "2026:13:41 25:61:61"}, "taken_at"),
        ({"taken_at": "1970:01:01 00:00:00"}, "taken_at"),
        ({"taken_at": "yesterday"}, "taken_at"),
        ({"taken_at": "2026:11:20 18:00:00; DROP"}, "taken_at"),
        ({"offset": "+99:99"}, "offset"),
        ({"offset": "+01:07"}, "offset"),
        ({"offset": "-13:00"}, "offset"),
        ({"orientation": 99}, "orientation"),
        ({"altitude": [0, 0]}, "altitude_m"),
        ({"altitude": [90_000, 1]}, "altitude_m"),
        ({"damaged": True}, "metadata"),
        ({"modified_at": "2026:02:30 10:00:00"}, "modified_at"),
        ({"modified_offset": "+25:00"}, "modified_offset"),
        ({"satellite_day": "2026:11:20"}, "satellite_at"),
        ({"satellite_day": "2026:11:20", "satellite_clock": [[99, 1], [0, 1], [0, 1]]}, "satellite_at"),
        ({"satellite_day": "2026:11:20", "satellite_clock": [[10**400, 1], [0, 1], [0, 1]]}, "satellite_at"),
        ({"satellite_clock": [[18, 1], [0, 0], [0, 1]]}, "satellite_at"),
        ({"xmp": {"refused": "entities"}}, "xmp xmp"),
        (
            {"credentials": {"state": "does not fit", "faults": ["assertion.dataHash.mismatch"]}},
            "credentials",
        ),
        ({"credentials": {"state": "unreadable"}}, "credentials"),
    ],
)
def test_what_cannot_be_right_is_doubted_and_not_used(raw: dict[str, object], field: str) -> None:
    facts = _read(**raw)
    assert field in _doubted(facts)
    assert facts.place is None
    assert facts.taken_at is None
    assert not {"latitude", "longitude", "taken_at", "offset", "altitude_m"} & facts.as_metadata().keys()


@pytest.mark.parametrize("blank", ["", "    :  :     :  :  ", "\x00\x00"])
def test_an_empty_date_is_no_date_and_no_doubt(blank: str) -> None:
    facts = _read(taken_at=blank, offset=blank)
    assert facts.taken_at is None
    assert facts.doubts == ()


def test_the_last_change_and_the_time_from_satellites_are_kept() -> None:
    facts = _read(
        taken_at="2026:11:20 18:00:00",
        taken_tag="DateTimeDigitized",
        modified_at="2026:11:21 09:00:00",
        modified_offset="+00:00",
        satellite_day="2026:11:20",
        satellite_clock=[[17, 1], [59, 1], [3050, 100]],
    )
    known = facts.as_metadata()
    assert known["taken_tag"] == "DateTimeDigitized"
    assert known["modified_at"] == "2026-11-21T09:00:00"
    assert known["satellite_at"] == "2026-11-20T17:59:30Z"


def test_credentials_are_kept_small_whatever_the_child_sends() -> None:
    codes: list[object] = ["x" * 5000, 7, None, *(["c2pa.edited"] * 500)]
    raw = {
        "state": "fits",
        "signer": "A\u202eB" + "C" * 5000,
        "actions": codes,
        "faults": "no",
        "signed_at": 9,
    }
    said = _read(credentials=raw).credentials
    assert len(str(said["signer"])) <= 80
    assert "[U+202E]" in str(said["signer"])
    assert set(said) == {"state", "signer", "actions"}
    assert len(repr(said)) < 600
    assert _read(credentials={"state": "perfect"}).credentials == {}
    assert _read(credentials=[]).credentials == {}


def test_below_the_sea_is_negative() -> None:
    assert _read(altitude=[430, 1], altitude_ref=1).altitude_m == -430


def test_a_maker_cannot_hide_characters() -> None:
    assert _read(make="A\u202eB\x1b[2J").make == "A[U+202E]B[U+001B][2J"
    assert len(_read(make="\u202e" * 5000).make) == 200


@pytest.mark.parametrize(
    "raw", [{"width": 0}, {"width": "12"}, {"height": None}, {"height": True}, {"format": "<b>"}]
)
def test_a_picture_without_a_size_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        _read(**raw)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
_FIELDS = (
    "orientation", "taken_at", "offset", "make", "model", "software", "latitude", "latitude_ref", "longitude",
    "longitude_ref", "altitude", "altitude_ref", "damaged",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_no_answer_of_the_child_upsets_the_parent(raw: dict[str, object]) -> None:
    facts = _read(**raw)
    assert facts.as_metadata()["width"] == 4032
    assert all(len(doubt.written) <= 200 for doubt in facts.doubts)


def test_distance_is_measured_on_the_ellipsoid() -> None:
    # One minute of latitude at the equator by WGS 84; Leicester to Nottingham railway stations.
    assert metres_between(0, 0, 1 / 60, 0) == pytest.approx(1842.905, abs=0.01)
    assert metres_between(52.6315, -1.1247, 52.9471, -1.1463) == pytest.approx(35_150, abs=60)
    assert metres_between(10, 179.9999, 10, -179.9999) < 25


@pytest.mark.parametrize(
    "bad", [(91, 0, 0, 0), (0, 181, 0, 0), (float("nan"), 0, 0, 0), (0, 0, 0, float("inf"))]
)
def test_a_place_off_the_map_has_no_distance(bad: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError):
        metres_between(*bad)
