"""What people do while the server may die at any moment: each act is a function and a line in the table at the end.

An act says in the journal what it is about to change, does it through the pages, and acknowledges when the answer was received
whole. It raises `Gone` when the server is gone and `Unexpected` when the answer is not the promised one. To add an act: write
it, name what it changes (``kind/<something of its own>``), let the checker see that kind, and put it into `ACTS`.

Those with files are in `file_acts`, those with uploads that take several requests in `upload_acts`, and in `removal_acts` is
what can be undone for a while.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.crash.file_acts import (
    break_off_a_form,
    look_at_a_file,
    put_with_an_entry,
    send_a_forged_form,
    send_files,
)
from tests.crash.journal import State, Unexpected
from tests.crash.people import Browser, Person
from tests.crash.removal_acts import ask_to_close_or_undo, fetch_a_file_back, remove_a_file
from tests.crash.upload_acts import send_in_parts
from tests.plain_browser import Answer, hidden_fields

Draft = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Something people do, how often among others, and for which points of killing it is done most."""

    name: str
    do: Callable[[Person], None]
    weight: int = 1
    favoured_at: frozenset[str] = field(default_factory=frozenset)


def keep_at_once(person: Person) -> None:
    """Write and keep in one go."""
    words = f"{person.mark()} {'He was at the gate again. ' * person.chance.randint(1, 200)}".strip()
    thing = _writing_of(words)
    form = hidden_fields(person.browser.page("/diary/new/"))
    with person.journal.sending({thing: [_writing(versions=[[words, "", ""]])]}) as sent:
        answer = person.browser.send("/diary/new/", {**form, "words": words, "go": "keep"})
        sent.acknowledge(_kept(answer), answer.status)
        person.journal.ids[thing] = _id_in(answer)


def keep_at_once_twice(person: Person) -> None:
    """Press the button twice: there must be one entry."""
    words = f"{person.mark()} twice"
    thing = _writing_of(words)
    form = hidden_fields(person.browser.page("/diary/new/"))
    for _ in range(2):
        with person.journal.sending({thing: [_writing(versions=[[words, "", ""]])]}) as sent:
            answer = person.browser.send("/diary/new/", {**form, "words": words, "go": "keep"})
            sent.acknowledge(_kept(answer), answer.status)
            person.journal.ids[thing] = _id_in(answer)


def type_slowly(person: Person) -> None:
    """Begin to write: the page saves by itself after each pause; then perhaps keep it, perhaps go on to the questions."""
    words = person.mark()
    thing = _writing_of(words)
    form = hidden_fields(person.browser.page("/diary/new/"))
    for pause in range(person.chance.randint(1, 3)):
        words += f" and then {pause}"
        with person.journal.sending({thing: [_writing(drafts=[_draft(words)])]}) as sent:
            answer = person.browser.send("/diary/new/", {**form, "words": words}, **{"X-Daybook": "autosave"})
            sent.acknowledge(answer.status == 200 and b"saved_at" in answer.body, answer.status)
    match person.chance.choice(["keep", "more", "leave it"]):
        case "keep":
            states = [_writing(drafts=[_draft(words)]), _writing(versions=[[words, "", ""]])]
            with person.journal.sending({thing: states}) as sent:
                answer = person.browser.send("/diary/new/", {**form, "words": words, "go": "keep"})
                sent.acknowledge(_kept(answer), answer.status)
                person.journal.ids[thing] = _id_in(answer)
        case "more":
            with person.journal.sending({thing: [_writing(drafts=[_draft(words)])]}) as sent:
                answer = person.browser.send("/diary/new/", {**form, "words": words, "go": "more"})
                sent.acknowledge(_is_draft(answer), answer.status)
                person.journal.drafts[thing] = _id_in(answer)
        case _:
            pass


def go_on_with_a_draft(person: Person) -> None:
    """Change the words or the private feelings of a draft, or keep what it came to."""
    found = person.some_writing(lambda state: state["drafts"], person.journal.drafts)
    if found is None:
        type_slowly(person)
        return
    thing, state = found
    draft: Draft = state["drafts"][0]
    address = f"/diary/draft/{person.journal.drafts[thing]}/"
    step = person.chance.choice(["words", "feelings", "keep"])
    if draft["amends"] and draft["words"] == state["versions"][-1][0]:
        step = "words"
    if step == "keep":
        _keep_draft(person, thing, state, draft, address)
        return
    text = f"{draft[step] or person.mark()} {person.chance.randint(0, 999)}"
    page = f"{address}{step}/"
    form = hidden_fields(person.browser.page(page))
    with person.journal.sending({thing: [{**state, "drafts": [{**draft, step: text}]}]}) as sent:
        answer = person.browser.send(page, {**form, step: text, "go": "list"})
        sent.acknowledge(answer.status == 302 and answer.location == address, answer.status)


def amend(person: Person) -> None:
    """Begin to amend an entry, change its words, and keep the next version with the reason."""
    found = person.some_writing(lambda state: state["versions"] and not state["drafts"])
    if found is None:
        keep_at_once(person)
        return
    thing, state = found
    entry = f"/diary/{person.journal.ids[thing]}/"
    words, feelings, _ = state["versions"][-1]
    draft = _draft(words, feelings=feelings, amends=True)
    form = hidden_fields(person.browser.page(entry))
    with person.journal.sending({thing: [{**state, "drafts": [draft]}]}) as sent:
        answer = person.browser.send(f"{entry}amend/", form)
        sent.acknowledge(_is_draft(answer), answer.status)
        person.journal.drafts[thing] = _id_in(answer)
    go_on = f"{answer.location}words/"
    form = hidden_fields(person.browser.page(go_on))
    changed = {**draft, "words": f"{words} No, it was later."}
    with person.journal.sending({thing: [{**state, "drafts": [changed]}]}) as sent:
        kept = person.browser.send(go_on, {**form, "words": changed["words"], "go": "list"})
        sent.acknowledge(kept.status == 302, kept.status)
    if person.chance.random() < 0.7:
        _keep_draft(person, thing, {**state, "drafts": [changed]}, changed, answer.location)


def keep_a_witness(person: Person) -> None:
    """Keep somebody who saw it."""
    name, contact = person.mark(), f"{person.mark()} 07700 900111"
    form = hidden_fields(person.browser.page("/people/saw/new/"))
    with person.journal.sending({f"witness/{name}": [[name, contact]]}) as sent:
        answer = person.browser.send(
            "/people/saw/new/", {**form, "name": name, "contact": contact, "go": "save"}
        )
        sent.acknowledge(answer.status == 302, answer.status)


def make_a_pack(person: Person) -> None:
    """Make a pack of everything and download it, open, so that it can be verified as it comes."""
    if not any(thing in person.journal.ids for thing in [*person.hers("writing"), *person.kept_files()]):
        keep_at_once(person)
    chosen = {"what": "everything", "police_part": "on", "reader": "police"}
    page = person.browser.post("/pack/preview/", chosen, token_from="/pack/choose/")
    if page.status != 200:
        raise Unexpected(f"the pack cannot be looked over: {page.status}, {text_of(page.text)}")
    into = person.packs / f"{person.mark()[-17:]}.zip"
    person.journal.packs[str(into)] = False
    status = person.browser.download("/pack/make/", {**hidden_fields(page.text), "saved_as": "plain"}, into)
    if status != 200 or not into.read_bytes().startswith(b"PK"):
        raise Unexpected(f"the pack was not made: {status}, {text_of(into.read_text(errors='replace'))}")
    person.journal.packs[str(into)] = True


def lock_and_write_on(person: Person) -> None:
    """Lock; what is still sent from another window of the same browser waits for the next unlock."""
    words = f"{person.mark()} after the lock"
    form = hidden_fields(person.browser.page("/diary/new/"))
    other = Browser(person.browser.port, dict(person.browser.cookies), person.browser.on_sent)
    with person.journal.sending({person.session: ["locked"]}) as sent:
        answer = person.browser.send("/lock/", {})
        sent.acknowledge(answer.status == 303, answer.status)
    if person.chance.random() < 0.7:
        with person.journal.sending({f"late/{words.split()[0]}": [words]}) as sent:
            late = other.send("/diary/new/", {**form, "words": words, "go": "keep"})
            sent.acknowledge(late.status == 401 and words not in late.text, late.status)
    person.unlock()


def read_what_is_there(person: Person) -> None:
    """Open the list, an entry and an original: what was acknowledged is there at once."""
    person.browser.page("/diary/")
    entry, file = person.some_writing(lambda state: state["versions"]), person.some_file()
    if entry is not None:
        check_entry(person.browser, person.journal.ids[entry[0]], entry[1])
    if file is not None:
        check_original(person.browser, person.journal.ids[file[0]], file[0])


def check_entry(browser: Browser, entry: str, state: State) -> None:
    """An entry opens and says its newest words. Raises Unexpected."""
    if state["versions"][-1][0] not in browser.page(f"/diary/{entry}/"):
        raise Unexpected(f"the page of {entry} does not say what was kept")


def check_original(browser: Browser, exhibit: str, thing: str) -> None:
    """A file comes back byte for byte. Raises Unexpected."""
    answer = browser.get(f"/files/{exhibit}/original/")
    if answer.status != 200 or f"file/{hashlib.sha256(answer.body).hexdigest()}" != thing:
        raise Unexpected(f"{thing} does not come back as it was: {answer.status}, {len(answer.body)} bytes")


def text_of(page: str) -> str:
    """The words of a page's main part, to say in a fault."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())[:600]


def _keep_draft(person: Person, thing: str, state: State, draft: Draft, address: str) -> None:
    reason = f"{person.mark()} I remembered" if draft["amends"] else ""
    kept = {
        "versions": [*state["versions"], [draft["words"], draft["feelings"], reason]],
        "files": sorted({*state["files"], *draft["files"]}),
        "drafts": [],
    }
    # The reason is saved with the draft first: it is there, or the version is.
    between = [{**state, "drafts": [{**draft, "reason": reason}]}] if reason else []
    form = hidden_fields(person.browser.page(f"{address}check/"))
    fields = {"reason": reason} if reason else {}
    with person.journal.sending({thing: [*between, kept]}) as sent:
        answer = person.browser.send(f"{address}check/", {**form, **fields, "go": "keep"})
        sent.acknowledge(_kept(answer), answer.status)
        person.journal.ids[thing] = answer.location.split("/")[-2]


def _writing(*, versions: list[list[str]] | None = None, drafts: list[Draft] | None = None) -> dict[str, Any]:
    return {"versions": versions or [], "files": [], "drafts": drafts or []}


def _draft(words: str, *, feelings: str = "", amends: bool = False) -> Draft:
    return {"amends": amends, "words": words, "feelings": feelings, "reason": "", "files": []}


def _writing_of(words: str) -> str:
    return f"writing/{words.split()[0]}"


def _kept(answer: Answer) -> bool:
    return answer.status == 302 and _ENTRY.fullmatch(answer.location) is not None


def _is_draft(answer: Answer) -> bool:
    return answer.status == 302 and answer.location.startswith("/diary/draft/")


def _id_in(answer: Answer) -> str:
    """The id that an address ends with."""
    return answer.location.split("/")[-2]


_ENTRY = re.compile(r"/diary/([0-9a-f-]{36})/")

WRITING = frozenset({"delay", "calls", "sent", "answer", "ledger"})
FILES = frozenset({"staging", "kept", "decoder", "bytes"})
PACK = frozenset({"printer", "download"})

ACTS = (
    Act("keep an entry at once", keep_at_once, 4, WRITING),
    Act("press the button twice", keep_at_once_twice, 1, WRITING),
    Act("type slowly", type_slowly, 3, WRITING),
    Act("go on with a draft", go_on_with_a_draft, 4, WRITING),
    Act("amend an entry", amend, 3, WRITING),
    Act("send files", send_files, 5, FILES | {"ledger"}),
    Act("send a forged form", send_a_forged_form, 1, FILES),
    Act("break off a form", break_off_a_form, 1, FILES),
    Act("send a file in parts", send_in_parts, 4, FILES | {"ledger", "unfinished", "kept"}),
    Act("remove a file", remove_a_file, 2, frozenset({"ledger"})),
    Act("fetch a file back", fetch_a_file_back, 1),
    Act("close the record, or undo it", ask_to_close_or_undo, 1),
    Act("put a file with an entry", put_with_an_entry, 2),
    Act("look at a file", look_at_a_file, 2, frozenset({"decoder"})),
    Act("keep a witness", keep_a_witness, 1),
    Act("make a pack", make_a_pack, 1, PACK),
    Act("lock, and write on", lock_and_write_on, 1),
    Act("read what is there", read_what_is_there, 1),
)


def choose_act(person: Person, point: str) -> Act:
    """What she does next; while a point of killing is waited for, mostly what leads there."""
    favoured = [act for act in ACTS if point in act.favoured_at]
    among = favoured if favoured and person.chance.random() < 0.6 else ACTS
    return person.chance.choices(among, [act.weight for act in among])[0]
