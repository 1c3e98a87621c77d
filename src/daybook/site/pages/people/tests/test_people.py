"""People and places are kept in versions, whichever window wrote, and are there for nobody else."""

import io
import json
import re
import uuid

import pytest
from django.test import Client
from PIL import Image

from daybook.diary.kept_people import (
    keep_place,
    keep_suspect,
    keep_witness,
    place_versions_for,
    places_for,
    suspect_versions_for,
    suspects_for,
    witnesses_for,
)
from daybook.people.late_saves import late_words_for
from daybook.people.models import Unlock
from daybook.site.pages.diary.tests.form_reading import hidden, location, words_of
from tests.cast import NOW, Member

pytestmark = pytest.mark.django_db


def add(client: Client, kind: str, **typed: str) -> str:
    form = hidden(client, f"/people/{kind}/new/")
    return location(client.post(f"/people/{kind}/new/", {**form, **typed}))


def test_someone_who_does_it_is_kept_with_numbers_and_shown(person: Member) -> None:
    client = person.browser()
    address = add(
        client,
        "who",
        name=" Dan ",
        relationship="ex-partner",
        description="Tall\r\nRed car",
        **{"identifier-0-kind": "phone", "identifier-0-value": "07700 900123", "identifier-1-value": "@dan"},
    )
    page = words_of(client.get(address))
    for said in ("Dan", "ex-partner", "Tall Red car", "Phone number: 07700 900123", "Something else: @dan"):
        assert said in page, said
    assert suspects_for(person.viewer)[0].name == "Dan"
    assert "Dan" in words_of(client.get("/people/"))


def test_a_witness_says_where_the_number_goes(person: Member) -> None:
    client = person.browser()
    assert "only into the part for police" in words_of(client.get("/people/saw/new/"))
    add(client, "saw", name="Kay", contact="07700 900456", notes="Number 12")
    assert [(one.name, one.contact, one.notes) for one in witnesses_for(person.viewer)] == [
        ("Kay", "07700 900456", "Number 12")
    ]


def test_a_place_is_kept_with_and_without_a_position(person: Member) -> None:
    client = person.browser()
    add(client, "place", label="Home", address="1 Elm Road", latitude="51.5072, -0.1276", radius_m="200")
    add(client, "place", label="Work")
    home, work = places_for(person.viewer)
    assert (home.address, home.latitude, home.longitude, home.radius_m) == (
        "1 Elm Road",
        51.5072,
        -0.1276,
        200,
    )
    assert (work.latitude, work.longitude, work.radius_m) == (None, None, 150)


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("who", {}, "Give a name, or describe them."),
        ("who", {"name": "a\x00b"}, "hidden control character"),
        ("who", {"name": "x" * 4001}, "4,000 fit"),
        ("who", {"name": "Dan", "identifier-0-kind": "phone"}, "Give the number, name or address"),
        ("who", {"name": "Dan", "identifier-0-kind": "x", "identifier-0-value": "1"}, "Choose one of"),
        ("saw", {"contact": "07700 900456"}, "Give the name of the witness."),
        ("place", {"address": "1 Elm Road"}, "Give it a name"),
        ("place", {"label": "Home", "latitude": "91", "longitude": "0"}, "from -90 to 90"),
        ("place", {"label": "Home", "latitude": "nan", "longitude": "0"}, "from -90 to 90"),
        ("place", {"label": "Home", "latitude": "51"}, "from -180 to 180"),
        ("place", {"label": "Home", "radius_m": "5"}, "Give whole metres"),
        ("place", {"label": "Home", "radius_m": "²"}, "Give whole metres"),
    ],
)
def test_what_cannot_be_kept_is_said_and_shown_again(
    person: Member, kind: str, typed: dict[str, str], said: str
) -> None:
    client = person.browser()
    page = client.post(f"/people/{kind}/new/", typed)
    assert page.status_code == 422
    assert said in words_of(page)
    for value in typed.values():
        assert value in page.content.decode()
    assert not suspects_for(person.viewer)
    assert not witnesses_for(person.viewer)
    assert not places_for(person.viewer)


def test_the_same_form_sent_twice_keeps_one(person: Member) -> None:
    client = person.browser()
    form = {**hidden(client, "/people/who/new/"), "name": "Dan"}
    assert location(client.post("/people/who/new/", form)) == location(client.post("/people/who/new/", form))
    assert len(suspects_for(person.viewer)) == 1


def test_a_change_is_a_new_version_and_the_old_one_is_readable(person: Member) -> None:
    dan = keep_suspect(person.viewer, {"name": "Dan", "relationship": "ex-partner"}, now=NOW)
    client = person.browser()
    address = f"/people/who/{dan.id}/change/"
    form = {**hidden(client, address), "name": "Dan M", "relationship": "ex-partner"}
    page = words_of(client.get(location(client.post(address, form))))
    assert "Dan M" in page
    assert "Version 1" in page
    assert [one.name for one in suspect_versions_for(person.viewer, dan.id)] == ["Dan", "Dan M"]


def test_saving_without_a_change_makes_no_version(person: Member) -> None:
    home = keep_place(
        person.viewer,
        {"label": "Home", "address": "", "latitude": 51.5, "longitude": -0.1, "radius_m": 150},
        now=NOW,
    )
    client = person.browser()
    address = f"/people/place/{home.id}/change/"
    client.post(
        address,
        {
            **hidden(client, address),
            "label": "Home",
            "latitude": "51.5",
            "longitude": "-0.1",
            "radius_m": "150",
        },
    )
    assert len(place_versions_for(person.viewer, home.id)) == 1


def test_a_change_in_two_windows_loses_neither(person: Member) -> None:
    dan = keep_suspect(person.viewer, {"name": "Dan"}, now=NOW)
    client = person.browser()
    address = f"/people/who/{dan.id}/change/"
    one, two = hidden(client, address), hidden(client, address)
    location(client.post(address, {**one, "name": "Dan from one"}))
    page = client.post(address, {**two, "name": "Dan from two"})
    assert page.status_code == 422
    assert "changed in another window" in words_of(page)
    assert "Dan from one" in words_of(page)
    assert "Dan from two" in page.content.decode()
    location(client.post(address, {"version": "2", "name": "Dan from two"}))
    assert [each.name for each in suspect_versions_for(person.viewer, dan.id)] == [
        "Dan",
        "Dan from one",
        "Dan from two",
    ]


def test_another_number_can_be_added_without_a_script(person: Member) -> None:
    client = person.browser()
    form = hidden(client, "/people/who/new/")
    typed = {"name": "Dan", "identifier-0-kind": "phone", "identifier-0-value": "1", "go": "more"}
    address = location(client.post("/people/who/new/", {**form, **typed}))
    assert address.endswith("/change/")
    assert 'name="identifier-1-value"' in client.get(address).content.decode()


def test_those_of_another_record_are_not_there(person: Member, neighbour: Member) -> None:
    dan = keep_suspect(person.viewer, {"name": "Dan"}, now=NOW)
    stranger = neighbour.browser()
    assert "Dan" not in words_of(stranger.get("/people/"))
    for address in (f"/people/who/{dan.id}/", f"/people/who/{dan.id}/change/", f"/people/saw/{dan.id}/"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/people/who/{dan.id}/change/", {"name": "x"}).status_code == 404
    assert stranger.get("/people/nobody/new/").status_code == 404
    assert stranger.get(f"/people/who/{uuid.uuid4()}/").status_code == 404


def test_a_form_without_its_token_keeps_nothing(person: Member) -> None:
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.cookies = person.browser().cookies
    assert client.post("/people/who/new/", {"name": "Dan"}).status_code == 403
    assert suspects_for(person.viewer) == []


def test_what_comes_after_the_lock_can_be_put_back(person: Member) -> None:
    client = person.browser()
    form = hidden(client, "/people/saw/new/")
    Unlock.objects.update(sealed_key=None)
    assert client.post("/people/saw/new/", {**form, "name": "Kay", "contact": "07700"}).status_code == 401
    client = person.browser()
    late = late_words_for(person.unlocked)[0]
    page = client.get(f"/people/saw/new/?late={late.id}").content.decode()
    assert "Kay" in page
    fields = hidden(client, f"/people/saw/new/?late={late.id}")
    location(client.post("/people/saw/new/", {**fields, "name": "Kay", "contact": "07700"}))
    assert late_words_for(person.unlocked) == []


def test_entries_with_somebody_are_one_press_away(person: Member) -> None:
    kay = keep_witness(person.viewer, {"name": "Kay"}, now=NOW)
    person.write("with kay", witnesses=[{"witness": str(kay.id)}])
    client = person.browser()
    assert "Show entries with them" in words_of(client.get(f"/people/saw/{kay.id}/"))
    found = location(client.post("/diary/find/", {"witness": str(kay.id)}))
    assert "with kay" in words_of(client.get(found))


def test_a_place_can_begin_from_a_photo_without_its_position_in_the_address(person: Member) -> None:
    body = io.BytesIO()
    image = Image.new("RGB", (64, 48), "teal")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 6.0, 0.0)}
    image.save(body, "JPEG", exif=exif)
    photo = person.keep_file(body.getvalue(), "photo.jpg")
    assert photo.place is not None
    page = person.browser().get(f"/people/place/new/?photo={photo.id}").content.decode()
    assert 'value="51.5"' in page
    for wrong in ("x", str(uuid.uuid4())):
        assert person.browser().get(f"/people/place/new/?photo={wrong}").status_code == 200


AUTOSAVE = {"X-Daybook": "autosave"}


def test_what_is_typed_saves_itself_and_is_offered_again(person: Member) -> None:
    client = person.browser()
    form = hidden(client, "/people/who/new/")
    for name in ("D", "Dan"):
        answer = client.post("/people/who/new/", {**form, "name": name}, headers=AUTOSAVE)
        assert "saved_at" in json.loads(answer.content)
    page = client.get("/people/").content.decode()
    assert "Not saved yet" in page
    go_on = re.findall(r'href="(/people/who/new/[^"]+)"', page)[0]
    assert 'value="Dan"' in client.get(go_on).content.decode()
    location(client.post("/people/who/new/", {**hidden(client, go_on), "name": "Dan"}))
    assert "Not saved yet" not in words_of(client.get("/people/"))
    assert [one.name for one in suspects_for(person.viewer)] == ["Dan"]
    assert "Draft" not in words_of(client.get("/diary/"))


def test_a_save_by_itself_that_was_overtaken_leaves_nothing_behind(person: Member) -> None:
    client = person.browser()
    form = {**hidden(client, "/people/who/new/"), "name": "Dan"}
    address = location(client.post("/people/who/new/", form))
    assert client.post("/people/who/new/", form, headers=AUTOSAVE).status_code == 409
    change = {**hidden(client, f"{address}change/"), "name": "Dan M"}
    location(client.post(f"{address}change/", change))
    assert client.post(f"{address}change/", change, headers=AUTOSAVE).status_code == 200
    assert "Not saved yet" not in words_of(client.get("/people/"))


def test_a_change_that_was_not_saved_is_there_when_she_comes_back(person: Member) -> None:
    dan = keep_suspect(person.viewer, {"name": "Dan"}, now=NOW)
    client = person.browser()
    address = f"/people/who/{dan.id}/change/"
    form = hidden(client, address)
    client.post(address, {**form, "name": "Dan M"}, headers=AUTOSAVE)
    assert 'value="Dan M"' in client.get(address).content.decode()
    client.post(address, {**form, "name": "Dan M", "go": "drop"})
    assert 'value="Dan"' in client.get(address).content.decode()
    client.post(address, {**form, "name": "Daniel"}, headers=AUTOSAVE)
    assert 'value="Daniel"' in client.get(address).content.decode()
    assert len(suspect_versions_for(person.viewer, dan.id)) == 1
