"""What people do that can be undone for a while: remove a file, and ask for the whole record to be erased."""

from tests.crash.file_acts import look_at_a_file, send_files
from tests.crash.people import PASSPHRASE, Person
from tests.plain_browser import hidden_fields

CLOSING = "closing/record"
"""Whether the record is to be erased. Only one of the people does anything about it."""


def remove_a_file(person: Person) -> None:
    """Remove a file and say why; it stays where it was put, for when it is fetched back."""
    drafts = [one for thing in person.hers("writing") for one in person.journal.is_now(thing)["drafts"]]
    waiting = {sha256 for draft in drafts for sha256 in draft["files"]}
    free = [one for one in person.kept_files() if one in person.journal.ids and one[5:] not in waiting]
    if not free:
        send_files(person)
        return
    thing = person.chance.choice(free)
    reason = person.chance.choice(["", f"{person.mark()} it shows my sister"])
    page = f"/account/removed/{person.journal.ids[thing]}/"
    fields = {**hidden_fields(person.browser.page(page)), "reason": reason, "again": "yes"}
    with person.journal.sending({thing: [{**person.journal.is_now(thing), "removed": reason}]}) as sent:
        answer = person.browser.send(page, fields)
        sent.acknowledge(answer.status == 302, answer.status)


def fetch_a_file_back(person: Person) -> None:
    """The file is wanted after all."""
    removed = [thing for thing in person.hers("file") if "removed" in person.journal.is_now(thing)]
    removed = [thing for thing in removed if thing in person.journal.ids]
    if not removed:
        look_at_a_file(person)
        return
    thing = person.chance.choice(removed)
    state = person.journal.is_now(thing)
    del state["removed"]
    form = hidden_fields(person.browser.page("/account/removed/"))
    file = person.journal.ids[thing]
    with person.journal.sending({thing: [state]}) as sent:
        answer = person.browser.send(f"/account/removed/{file}/fetch-back/", form)
        sent.acknowledge(answer.status == 302 and answer.location == f"/files/{file}/", answer.status)


def remove_and_fetch_back(person: Person) -> None:
    """Remove a file, and think better of it."""
    remove_a_file(person)
    fetch_a_file_back(person)


def ask_to_close_or_undo(person: Person) -> None:
    """Ask for the record to be erased, with the passphrase; or, where that waits, let it stay."""
    if person.tag != "a":
        look_at_a_file(person)
        return
    form = hidden_fields(person.browser.page("/account/close/"))
    waits = person.journal.is_now(CLOSING) is not None
    path, more = ("/account/close/undo/", {}) if waits else ("/account/close/", {"passphrase": PASSPHRASE})
    with person.journal.sending({CLOSING: [None if waits else "waits"]}) as sent:
        answer = person.browser.send(path, {**form, **more})
        sent.acknowledge(answer.status == 302, answer.status)
