"""What people do with files: send them, break off, put them with what they wrote, look at them."""

import re

from tests.crash.journal import State
from tests.crash.people import Person
from tests.plain_browser import hidden_fields


def send_files(person: Person) -> None:
    """Keep up to three files: seen or unseen, with an entry, in a draft, or by themselves; some were kept before."""
    files = [person.file() for _ in range(min(person.most_files, person.chance.choice([1, 1, 2, 3])))]
    again = [one for one in person.kept_files() if one.removeprefix("file/") in person.contents]
    if again and person.chance.random() < 0.25:
        del files[person.most_files - 1 :]
        files.append((f"{person.mark()}.bin", person.contents[person.chance.choice(again)[5:]]))
    unseen = person.chance.random() < 0.3
    changes: dict[str, list[State]] = {}
    for name, content in files:
        thing = person.remember(content)
        is_kept = person.journal.is_now(thing)
        changes[thing] = [is_kept or {"name": name, "size": len(content), "unseen": unseen}]
    query, with_goal = goal_of(person, [thing[5:] for thing in changes])
    fields = {"unseen": "on"} if unseen else {}
    with person.journal.sending(changes | with_goal) as sent:
        answer = person.browser.send_files(f"/files/add/{query}", files, fields)
        sent.acknowledge(answer.status == 302, answer.status)
    if answer.location.startswith("/files/added/"):
        _remember_references(person, answer.location)


def send_a_forged_form(person: Person) -> None:
    """A form without our token: nothing of it may be kept."""
    name, content = person.file()
    with person.journal.sending({person.remember(content): [None]}) as sent:
        answer = person.browser.send_files("/files/add/", [(name, content)], token=False)
        sent.acknowledge(answer.status == 403, answer.status)


def break_off_a_form(person: Person) -> None:
    """Go away in the middle of a file: nothing of it may be kept."""
    name, content = person.file()
    with person.journal.sending({person.remember(content): [None]}) as sent:
        person.browser.go_away("/files/add/", name, content)
        sent.acknowledge(True)


def put_with_an_entry(person: Person) -> None:
    """Put a file with an entry, or take it away from there."""
    entry = person.some_writing(lambda state: state["versions"])
    file = person.some_file()
    if entry is None or file is None:
        send_files(person)
        return
    (thing, state), sha256 = entry, file[0].removeprefix("file/")
    exhibit, wanted = person.journal.ids[file[0]], {"entry": person.journal.ids[thing]}
    taken = sha256 in state["files"]
    files = [one for one in state["files"] if one != sha256] if taken else [*state["files"], sha256]
    page, address = (
        (f"/files/{exhibit}/", f"/files/{exhibit}/apart/") if taken else (f"/files/{exhibit}/entries/",) * 2
    )
    form = hidden_fields(person.browser.page(page))
    with person.journal.sending({thing: [{**state, "files": sorted(files)}]}) as sent:
        answer = person.browser.send(address, {**form, **wanted})
        sent.acknowledge(answer.status == 302, answer.status)


def look_at_a_file(person: Person) -> None:
    """Look at something that was kept without looking; then, as with any picture, see its small copy."""
    file = person.some_file()
    if file is None:
        send_files(person)
        return
    thing, state = file
    exhibit = person.journal.ids[thing]
    if state["unseen"]:
        form = hidden_fields(person.browser.page(f"/files/{exhibit}/"))
        with person.journal.sending({thing: [{**state, "unseen": False}]}) as sent:
            answer = person.browser.send(f"/files/{exhibit}/look/", form)
            sent.acknowledge(answer.status == 302, answer.status)
    if person.browser.get(f"/files/thumb/{exhibit}/").status == 200:
        person.journal.seen.add(thing.removeprefix("file/"))


def goal_of(person: Person, files: list[str]) -> tuple[str, dict[str, list[State]]]:
    """Where files go: the query of the address, and how what was written may change while they are put there."""
    match person.chance.choice(["nowhere", "entry", "draft"]):
        case "entry":
            entry = person.some_writing(lambda state: state["versions"])
            if entry is not None:
                thing, state = entry
                # One after the other: after the first, the second may still be missing.
                steps = [sorted({*state["files"], *files[: place + 1]}) for place in range(len(files))]
                changes = [{**state, "files": step} for step in steps]
                return f"?entry={person.journal.ids[thing]}", {thing: changes}
        case "draft":
            draft = person.some_writing(
                lambda state: state["drafts"] and not state["versions"], person.journal.drafts
            )
            if draft is not None:
                thing, state = draft
                one = state["drafts"][0]
                filled = {**one, "files": sorted({*one["files"], *files})}
                return f"?draft={person.journal.drafts[thing]}", {thing: [{**state, "drafts": [filled]}]}
        case _:
            pass
    return "", {}


def _remember_references(person: Person, location: str) -> None:
    page = person.browser.page(location)
    for exhibit, reference, sha256 in _ADDED.findall(page):
        person.journal.give_reference(sha256, reference)
        person.journal.ids[f"file/{sha256}"] = exhibit


_ADDED = re.compile(
    r'href="/files/([0-9a-f-]{36})/"><strong>([^<]+)</strong>.*?db-digest">([0-9a-f]{64})<', re.DOTALL
)
