"""The suite notices what it is there to notice: a home that is whole, and each thing a crash could do to it, done by hand."""

import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from pathlib import Path

import pytest

from tests.crash import endings
from tests.crash.acts import ACTS, choose_act
from tests.crash.checking import Checker, Fault
from tests.crash.journal import Journal, Unexpected
from tests.crash.kills import Kill, Killer
from tests.crash.people import Browser, Person
from tests.crash.removal_acts import CLOSING, ask_to_close_or_undo, remove_a_file
from tests.crash.rounds import CrashedHome
from tests.crash.settling import settle
from tests.crash.upload_acts import CHUNK, send_in_parts
from tests.rig.running import LiveDaybook

Damage = Callable[[sqlite3.Connection, Path], None]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> CrashedHome:
    """A home in which everything was done once, and what was promised; nothing runs on it any more."""
    made = CrashedHome(LiveDaybook(tmp_path_factory.mktemp("whole")), secret="0" * 12)
    chance = random.Random(7)
    made.make(chance)
    person = Person("a", made.secret, made.journal, Browser(made.daybook.port), chance, made.packs)
    person.unlock()
    for act in ACTS * 2:
        act.do(person)
    while not (made.journal.seen and person.hers("late") and _has_all(person, "drafts", "files")):
        choose_act(person, "decoder").do(person)
    while not any(made.journal.is_now(one)["arrived"][0] > CHUNK for one in person.hers("upload")):
        send_in_parts(person)
    while not any("removed" in made.journal.is_now(one) for one in person.hers("file")):
        remove_a_file(person)
    while made.journal.is_now(CLOSING) is None:
        ask_to_close_or_undo(person)
    with closing(sqlite3.connect(made.daybook.home / "daybook.sqlite3")) as database:
        _wait_for_a_text(database)
    made.daybook.kill()
    shutil.copytree(made.daybook.home, made.daybook.folder / "whole")
    return made


@pytest.fixture(scope="module")
def checker(home: CrashedHome) -> Iterator[Checker]:
    """One checker for every damage: between two looks it holds nothing of the home."""
    with Checker(home.daybook) as running:
        yield running


@pytest.fixture
def damaged(home: CrashedHome, checker: Checker) -> Iterator[Callable[[Damage], list[str]]]:
    """Does a damage to the home, and gives the faults that are found; afterwards it is whole again."""

    def look(damage: Damage) -> list[str]:
        with closing(sqlite3.connect(home.daybook.home / "daybook.sqlite3")) as database:
            damage(database, home.daybook.home)
            database.commit()
        try:
            return settle(deepcopy_of(home.journal), checker.look())
        except Fault as broken:
            return [str(broken)]

    yield look
    shutil.rmtree(home.daybook.home)
    shutil.copytree(home.daybook.folder / "whole", home.daybook.home)


def test_a_home_that_is_whole_has_no_fault(damaged: Callable[[Damage], list[str]]) -> None:
    assert damaged(lambda database, home: None) == []


def _wait_for_a_text(database: sqlite3.Connection) -> None:
    """Until the text of a file was taken out in the background; one was sent."""
    until = time.monotonic() + 60
    while not database.execute("SELECT 1 FROM evidence_derivedcopy WHERE slot = 2").fetchone():
        assert time.monotonic() < until
        time.sleep(0.05)


def run(*statements: str) -> Damage:
    """A damage done to the database."""

    def damage(database: sqlite3.Connection, home: Path) -> None:
        for statement in statements:
            database.execute(statement)

    return damage


def _alter_a_body(database: sqlite3.Connection, home: Path) -> None:
    body = max((home / "files/kept").rglob("*"), key=lambda path: path.is_file() and path.stat().st_size)
    content = bytearray(body.read_bytes())
    content[len(content) // 3] ^= 1
    body.write_bytes(content)


def _remove_a_body(database: sqlite3.Connection, home: Path) -> None:
    next(path for path in (home / "files/kept").rglob("*") if path.is_file()).unlink()


def _unfinished(home: Path) -> Path:
    return max((home / "files/unfinished").iterdir(), key=lambda path: path.stat().st_size)


def _alter_what_arrived(database: sqlite3.Connection, home: Path) -> None:
    content = bytearray(_unfinished(home).read_bytes())
    content[300] ^= 1
    _unfinished(home).write_bytes(content)


def _remove_what_arrived(database: sqlite3.Connection, home: Path) -> None:
    _unfinished(home).unlink()


def _put_half_of_another_record(database: sqlite3.Connection, home: Path) -> None:
    """An account and its record without a key, though nobody asked for it to be erased."""
    for table, changed in (
        ("people_account", {"id": "'" + "e" * 32 + "'", "lookup": "x'00'"}),
        ("people_record", {"id": "'" + "d" * 32 + "'", "account_id": "'" + "e" * 32 + "'"}),
    ):
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        values = ", ".join(changed.get(column, column) for column in columns)
        database.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} LIMIT 1")  # noqa: S608


def _put_a_file_of_nobody(database: sqlite3.Connection, home: Path) -> None:
    (home / "files/kept/ff").mkdir(exist_ok=True)
    (home / "files/kept/ff/00112233445566778899aabbccddee").write_bytes(b"x" * 300)


def _put_an_exhibit_without_a_body(database: sqlite3.Connection, home: Path) -> None:
    database.execute(
        "INSERT INTO evidence_blob (key, record_id, begun_at, admitted, held) "
        "SELECT 'ff/00', record_id, begun_at, 1, 0 FROM evidence_blob LIMIT 1"
    )
    columns = [row[1] for row in database.execute("PRAGMA table_info(evidence_exhibit)")]
    changed = {"id": "'" + "f" * 32 + "'", "number": "number + 100", "blob_id": "'ff/00'"}
    values = ", ".join(changed.get(column, column) for column in columns)
    database.execute(
        f"INSERT INTO evidence_exhibit ({', '.join(columns)}) SELECT {values} FROM evidence_exhibit LIMIT 1"  # noqa: S608
    )


def _cut_the_ledger(database: sqlite3.Connection, home: Path) -> None:
    """The last link goes, and the head steps back to the one before it, as if it had never been."""
    ((length,),) = database.execute("SELECT length FROM ledger_chainhead WHERE chain = 'ledger'")
    database.execute("DELETE FROM ledger_chainlink WHERE chain = 'ledger' AND seq = ?", (length,))
    database.execute(
        "UPDATE ledger_chainhead SET length = length - 1, head = "
        "(SELECT head FROM ledger_chainlink WHERE chain = 'ledger' ORDER BY seq DESC LIMIT 1) WHERE chain = 'ledger'"
    )


NO_ADMITTED = "UPDATE evidence_blob SET admitted = 0 WHERE key = (SELECT MIN(blob_id) FROM evidence_exhibit)"
AN_ADMITTED = (
    "INSERT INTO evidence_blob (key, record_id, begun_at, admitted, held) "
    "SELECT 'ff/00', record_id, begun_at, 1, 0 FROM evidence_blob LIMIT 1"
)
HALF_AN_ENTRY = (
    "INSERT INTO diary_item (id, record_id, kind, versions, loose_epoch, sealed_moment) "
    "SELECT 'ffffffffffffffffffffffffffffffff', record_id, kind, 1, 0, NULL FROM diary_item WHERE kind = 'entry' LIMIT 1"
)
BACK_TO_THE_FIRST = (
    "DELETE FROM diary_version WHERE version > 1",
    "UPDATE diary_version SET current = 1 WHERE version = 1",
    "UPDATE diary_item SET versions = 1",
)


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        pytest.param(run("DELETE FROM diary_version WHERE kind = 'entry'"), "writing/", id="entries are lost"),
        pytest.param(run(*BACK_TO_THE_FIRST), "writing/", id="an amendment is lost"),
        pytest.param(run(HALF_AN_ENTRY), "never noted", id="an entry is half there"),
        pytest.param(run("DELETE FROM diary_draft"), "writing/", id="a draft is lost"),
        pytest.param(run("DELETE FROM diary_attachment"), "writing/", id="an attachment is lost"),
        pytest.param(run("DELETE FROM diary_timelineleaf", "UPDATE diary_item SET sealed_moment = NULL"),
                     "the list of entries is not whole", id="the order of events is lost"),
        pytest.param(run("DELETE FROM evidence_derivedcopy"), "small picture", id="a picture is lost"),
        pytest.param(run("UPDATE evidence_exhibit SET unseen = NOT unseen"), "file/", id="a look is lost"),
        pytest.param(run("DELETE FROM people_latesave"), "late/", id="late words are lost"),
        pytest.param(_alter_a_body, "was altered", id="a body is altered"),
        pytest.param(_remove_a_body, "is missing", id="a body is lost"),
        pytest.param(run("DELETE FROM evidence_derivedcopy WHERE slot = 2"), "is half there", id="half a preview"),
        pytest.param(run("DELETE FROM evidence_previewdue", "DELETE FROM evidence_derivedcopy WHERE slot > 0"),
                     "nobody will make it", id="a preview is forgotten"),
        pytest.param(run("DELETE FROM evidence_upload"), "upload/", id="an upload is lost"),
        pytest.param(run("UPDATE evidence_upload SET chunks = chunks - 1 WHERE chunks > 0"),
                     "upload/", id="a part of an upload is lost"),
        pytest.param(_alter_what_arrived, "does not open", id="a part of an upload is altered"),
        pytest.param(_remove_what_arrived, "what arrived of an upload is missing", id="what arrived is lost"),
        pytest.param(run("UPDATE evidence_exhibit SET removed_at = NULL", "DELETE FROM evidence_removal"),
                     "file/", id="a removal is lost"),
        pytest.param(run("DELETE FROM evidence_removal"), "and was not removed", id="half a removal"),
        pytest.param(run("DELETE FROM people_closing"), "closing/record", id="closing is lost"),
        pytest.param(run("DELETE FROM people_closing"), "closing was noted", id="half of undoing it"),
        pytest.param(_put_half_of_another_record, "another record", id="another record is half there"),
        pytest.param(_put_a_file_of_nobody, "belongs to nothing", id="a body is left over"),
        pytest.param(_put_an_exhibit_without_a_body, "the body of an exhibit is missing", id="an exhibit has no body"),
        pytest.param(_put_an_exhibit_without_a_body, "never given", id="a number was never given"),
        pytest.param(run(AN_ADMITTED), "no exhibit has it", id="a blob is evidence of nothing"),
        pytest.param(run(NO_ADMITTED), "never admitted", id="an exhibit's blob was not admitted"),
        pytest.param(_cut_the_ledger, "ledger chain does not hold", id="the ledger is cut"),
        pytest.param(run("DELETE FROM ledger_chainlink WHERE chain = 'access' AND seq = 2"),
                     "access chain does not hold", id="an unlock is forgotten"),
    ],
)  # fmt: skip
def test_each_damage_is_named(damaged: Callable[[Damage], list[str]], damage: Damage, fault: str) -> None:
    faults = damaged(damage)
    assert any(fault in one for one in faults), faults


def test_a_database_that_is_not_whole_is_named(damaged: Callable[[Damage], list[str]]) -> None:
    def spoil(database: sqlite3.Connection, home: Path) -> None:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = database.execute("PRAGMA page_size").fetchone()
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'diary_timelineleaf'"
        ).fetchone()
        with (home / "daybook.sqlite3").open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)

    faults = damaged(spoil)
    assert any("integrity_check" in one or "malformed" in one for one in faults), faults


def test_what_was_refused_and_what_nobody_sent_may_not_be_there(home: CrashedHome, checker: Checker) -> None:
    refused, unknown = home.journal.certain("file")[:2]
    journal = deepcopy_of(home.journal)
    journal.things[refused] = [None]
    del journal.things[unknown]
    faults = settle(journal, checker.look())
    assert [fault.split(",")[0].split(" was ")[0] for fault in faults] == [refused, f"{unknown} is there"]


def test_an_upload_that_was_kept_and_is_no_file_is_named(home: CrashedHome, checker: Checker) -> None:
    """Either of the two may not be there while it is kept; both may not."""
    upload, file = home.journal.certain("upload")[0], "file/nowhere"
    journal = deepcopy_of(home.journal)
    del journal.things[upload]
    journal.things |= {"upload/kept": [home.journal.is_now(upload), None], file: [None, "kept"]}
    journal.either = [("upload/kept", file)]
    assert "neither upload/kept nor file/nowhere is there" in settle(journal, checker.look())


def test_what_is_due_and_never_destroyed_is_named(
    damaged: Callable[[Damage], list[str]],
    home: CrashedHome,
    checker: Checker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody serves this home, so nothing is destroyed in it."""
    monkeypatch.setattr(endings, "_WITHIN_SECONDS", 0.2)
    journal = deepcopy_of(home.journal)
    journal.references |= checker.look()["references"]
    for one in journal.things:
        if one.startswith("writing/"):
            journal.things[one] = [{"versions": [], "files": [], "drafts": []}]
    assert endings.let_the_time_be_up(journal, checker)
    assert any("was not destroyed" in fault for fault in endings.wait_for_them(journal, checker))
    faults = settle(journal, checker.look())
    assert any(fault.startswith("destroyed/") and "but is not there" in fault for fault in faults), faults
    assert any(fault.startswith("file/") and "'removed'" in fault for fault in faults), faults
    damaged(lambda database, home: None)


def test_a_reference_given_twice_is_named(home: CrashedHome, checker: Checker) -> None:
    journal = deepcopy_of(home.journal)
    first = next(iter(journal.references))
    journal.references["0" * 64] = journal.references.pop(first)
    assert any("is given to" in fault for fault in settle(journal, checker.look()))


def test_an_unlock_that_was_acknowledged_and_not_noted_is_named(home: CrashedHome, checker: Checker) -> None:
    journal = deepcopy_of(home.journal)
    journal.unlocks.done += 1
    journal.unlocks.begun += 1
    assert any("unlocks were acknowledged" in fault for fault in settle(journal, checker.look()))


def test_between_sending_and_the_answer_both_are_allowed_and_nothing_else() -> None:
    journal = Journal()
    nothing: dict[str, dict[str, str]] = {part: {} for part in ("things", "ids", "drafts", "references")}
    observed = {**nothing, "pictures": [], "unlocks": 0, "faults": []}
    for found, faults in ((None, 0), ("new", 0), ("half", 1)):
        journal.things = {"kind/x": [None]}
        with pytest.raises(ConnectionError), journal.sending({"kind/x": ["new"]}):
            raise ConnectionError
        things = {} if found is None else {"kind/x": found}
        assert len(settle(journal, {**observed, "things": things})) == faults
        # Now it is known, and may not be otherwise any more.
        assert journal.may_be("kind/x") == [found]
    with journal.sending({"kind/x": ["kept"]}) as sent:
        sent.acknowledge(True)
    assert len(settle(journal, observed)) == 1
    with pytest.raises(Unexpected), journal.sending({"kind/x": ["kept"]}) as sent:
        sent.acknowledge(False)


@pytest.mark.parametrize("cut", [0, 1, 100, 0.5, -1])
def test_half_a_pack_is_refused_and_does_not_pass_for_a_whole_one(home: CrashedHome, cut: float) -> None:
    whole = next(Path(path) for path, came in home.journal.packs.items() if came)
    content = whole.read_bytes()
    half = whole.with_name("half.zip")
    half.write_bytes(content[: int(len(content) * cut) if 0 < cut < 1 else int(cut)])
    checked = CrashedHome(home.daybook, home.secret)
    checked.journal.packs[str(half)] = False
    checked._verify_packs([])
    assert checked.faults == []
    half.write_bytes(content[: int(len(content) * cut) if 0 < cut < 1 else int(cut)])
    checked.journal.packs[str(half)] = True
    checked._verify_packs([])
    assert ["a pack that came whole does not verify" in fault for fault in checked.faults] == [True]


def test_a_pack_that_the_ledger_does_not_know_is_named(home: CrashedHome) -> None:
    whole = next(Path(path) for path, came in home.journal.packs.items() if came)
    copy = shutil.copy(whole, whole.with_name("copy.zip"))
    checked = CrashedHome(home.daybook, home.secret)
    checked.journal.packs[str(copy)] = True
    checked._verify_packs([])
    assert checked.faults == ["a pack verifies, and the ledger does not know it"]


def test_words_in_clear_are_named(home: CrashedHome, tmp_path: Path) -> None:
    checked = CrashedHome(LiveDaybook(tmp_path), home.secret)
    for place in (checked.daybook.home, checked.daybook.temporary):
        place.mkdir()
    assert checked._in_clear() == []
    (checked.daybook.temporary / "spooled").write_bytes(f"xx mark{home.secret}a77".encode("utf-16-le"))
    assert len(checked._in_clear()) > 0


def test_a_server_that_goes_away_by_itself_is_named(home: CrashedHome) -> None:
    kill = Kill(0, "delay", 1, 0.0, "server and children")
    killer = Killer(home.daybook, kill)
    browser = Browser(home.daybook.port)
    home._act(Person("z", home.secret, Journal(), browser, random.Random(1), home.packs), kill, killer)
    assert home.faults == ["the server went away by itself, at: unlocking"]


def deepcopy_of(journal: Journal) -> Journal:
    """The same journal, to be settled without being changed."""
    return Journal(
        deepcopy(journal.things),
        dict(journal.ids),
        dict(journal.drafts),
        dict(journal.references),
        set(journal.seen),
        dict(journal.packs),
        unlocks=deepcopy(journal.unlocks),
    )


def _has_all(person: Person, *parts: str) -> bool:
    """Whether she wrote something that has each of these parts: drafts, versions, files."""
    written = [person.journal.is_now(thing) for thing in person.hers("writing")]
    return all(any(one[part] for one in written) for part in parts)
