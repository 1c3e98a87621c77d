"""What people do with files that take several requests: begin one, send it in parts, go on after whatever came, keep it."""

import base64
import json
from typing import Any, Final

from tests.crash.file_acts import goal_of
from tests.crash.journal import Beginning, State, Unexpected, arrived
from tests.crash.people import Coming, Person
from tests.plain_browser import Answer

CHUNK: Final = 65_536
_LENGTHS: Final = (40, 60, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 500_000, 500_000, 1_500_000, 9_000_000)
_UPLOADS: Final = "/files/upload/"
_BODY: Final = {"Content-Type": "application/offset+octet-stream"}
_HELD: Final = 423
_WRONG_PLACE: Final = 409
_TRIES: Final = 2000


def send_in_parts(person: Person) -> None:
    """Begin a file, or go on with one that was begun before; send it in parts, break off at times; then perhaps keep it."""
    under_way = [thing for thing in person.hers("upload") if thing in person.journal.ids]
    if under_way and person.chance.random() < 0.6:
        thing = person.chance.choice(under_way)
    else:
        thing = _begin(person)
    offset = _ask(person, thing)
    while offset < len(person.coming[thing].content):
        if person.chance.random() < 0.2:
            _break_off(person, thing, offset)
        elif person.chance.random() < 0.1:
            return
        else:
            _send(person, thing, offset)
        offset = _ask(person, thing)
    match person.chance.choice(["keep", "keep", "keep", "let go", "leave it"]):
        case "keep":
            _keep(person, thing)
        case "let go":
            let_go(person, thing)
        case _:
            pass


def send_in_parts_and_keep(person: Person) -> None:
    """The same from its beginning to its end, without a turn on the way."""
    thing = _begin(person)
    while (offset := _ask(person, thing)) < len(person.coming[thing].content):
        _send(person, thing, offset)
    _keep(person, thing)


def let_go(person: Person, thing: str) -> None:
    """Send no more of it; what has arrived is removed."""
    with person.journal.sending({thing: [None]}) as sent:
        answer = _say(person, "DELETE", person.journal.ids[thing])
        sent.acknowledge(answer.status == 204, answer.status)


def _begin(person: Person) -> str:
    name, content = person.file()
    if person.chance.random() < 0.6:
        length = person.chance.choice(_LENGTHS)
        mark = person.mark()
        name, content = f"{mark}.bin", (mark.encode() + person.chance.randbytes(length))[:length]
    thing = f"upload/{name.partition('.')[0]}"
    person.coming[thing] = coming = Coming(name, content)
    headers = {
        "Upload-Length": str(len(content)),
        "Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}",
    }
    with person.journal.sending({thing: [_state(coming, 0)]}) as sent:
        answer = _say(person, "POST", _UPLOADS, headers)
        sent.acknowledge(answer.status == 201, answer.status)
        person.journal.ids[thing] = answer.location
    return thing


def _send(person: Person, thing: str, offset: int) -> None:
    """One part, up to any place: most often a short one."""
    coming = person.coming[thing]
    stop = offset + max(1, round((len(coming.content) - offset) * person.chance.random() ** 2))
    coming.furthest = max(coming.furthest, stop)
    headers = {**_BODY, "Upload-Offset": str(offset)}
    between = _up_to(coming, above=offset, most=stop)
    with person.journal.sending({thing: [between, _state(coming, stop)]}) as sent:
        answer = _say(person, "PATCH", person.journal.ids[thing], headers, coming.content[offset:stop])
        if answer.status == _WRONG_PLACE and coming.broken_off:
            # What was broken off before was taken in after the server said how far it had come: it is asked again.
            return
        told = answer.headers.get("upload-offset")
        sent.acknowledge(answer.status == 204 and told == str(stop), f"{answer.status}, {told} of {stop}")
    coming.broken_off = False


def _break_off(person: Person, thing: str, offset: int) -> None:
    """Say that all the rest comes, and go away in the middle of it."""
    coming = person.coming[thing]
    left = len(coming.content) - offset
    stop = offset + person.chance.randint(0, left - 1)
    coming.furthest, coming.broken_off = max(coming.furthest, stop), True
    headers = {**_BODY, "Upload-Offset": str(offset), "Content-Length": str(left)}
    with person.journal.sending({thing: [_up_to(coming, above=offset, most=stop)]}):
        address = person.journal.ids[thing]
        person.browser.leave("PATCH", address, _headers(person) | headers, coming.content[offset:stop])


def _ask(person: Person, thing: str) -> int:
    """How far it has come, as the server says: as far as was acknowledged, or further, as what was sent since allows."""
    coming, known = person.coming[thing], person.journal.may_be(thing)
    # What was written when the server died, and not noted yet, may still be found whole.
    more = _up_to(coming, above=known[0]["arrived"][0], most=coming.furthest)
    with person.journal.sending({thing: [*known, more]}):
        answer = _say(person, "HEAD", person.journal.ids[thing])
    if answer.status != 200:
        raise Unexpected(f"{thing} is not known any more: {answer.status}")
    offset = int(answer.headers["upload-offset"])
    person.journal.learn(thing, _state(coming, offset))
    return offset


def _keep(person: Person, thing: str) -> None:
    """Make it evidence: from then on it is a file, and no upload any more."""
    coming = person.coming[thing]
    file = person.remember(coming.content)
    unseen = person.chance.random() < 0.3
    kept: State = {"name": coming.name, "size": len(coming.content), "unseen": unseen}
    query, with_goal = goal_of(person, [file.removeprefix("file/")])
    person.journal.either.append((thing, file))
    with person.journal.sending({thing: [None], file: [kept], **with_goal}) as sent:
        fields = {"csrfmiddlewaretoken": _token(person)} | ({"unseen": "on"} if unseen else {})
        path = f"{person.journal.ids[thing]}keep/{query}"
        answer = person.browser.send(path, fields, **{"X-Daybook": "upload"})
        sent.acknowledge(answer.status == 200, answer.status)
        person.journal.ids[file] = json.loads(answer.body)["id"]


def _state(coming: Coming, offset: int) -> dict[str, Any]:
    size = len(coming.content)
    return {"name": coming.name, "size": size, "arrived": arrived(coming.content, offset)}


def _up_to(coming: Coming, *, above: int, most: int) -> dict[str, Any]:
    return {**_state(coming, 0), "arrived": Beginning(coming.content, above, most)}


def _say(
    person: Person, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> Answer:
    """One request as the page's script makes it; again while a request that was broken off still holds the file."""
    for _ in range(_TRIES):
        answer = person.browser.ask(method, path, body, _headers(person) | (headers or {}))
        if answer.status != _HELD:
            return answer
    raise Unexpected(f"{path} is held for ever")


def _headers(person: Person) -> dict[str, str]:
    origin = f"http://localhost:{person.browser.port}"
    return {
        "Origin": origin, "X-CSRFToken": _token(person), "X-Daybook": "upload", "Tus-Resumable": "1.0.0"
    }  # fmt: skip


def _token(person: Person) -> str:
    if not person.token:
        person.token = person.browser.token("/files/add/")
    return person.token
