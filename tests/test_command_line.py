"""The installed ``daybook`` command, as people and programs meet it: every command, every answer, every refusal."""

import hashlib
import itertools
import json
import os
import pty
import shutil
import socket
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest

from daybook.kernel.sealing.age import generate_identity
from daybook.packs.wording import fingerprint_groups
from tests.rig.environment import without_test_database
from tests.rig.running import LiveDaybook, StartDaybook

PASSPHRASE = "plover mosaic candle drift wagon eleven"
COMMAND = Path(sys.executable).with_name("daybook")
CHECKS = [
    "structure", "bag", "chain", "commitments", "entries", "csv", "exhibits", "contents", "signature", "stamp",
]  # fmt: skip
Json = Any


@pytest.fixture(scope="module")
def kept_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a small invented case, made once; copies of it are used."""
    first = LiveDaybook(tmp_path_factory.mktemp("case"))
    first.run("demo", "--entries", "14", "--exhibits", "8", passphrase=PASSPHRASE)
    return first.home


@pytest.fixture
def demo(kept_case: Path, tmp_path: Path) -> LiveDaybook:
    """A Daybook of its own with the case in it; not serving."""
    daybook = LiveDaybook(tmp_path / "own")
    daybook.folder.mkdir()
    shutil.copytree(kept_case, daybook.home)
    return daybook


@pytest.fixture
def empty(tmp_path: Path) -> LiveDaybook:
    """A Daybook whose home was never used."""
    folder = tmp_path / "own"
    folder.mkdir()
    return LiveDaybook(folder)


def run(
    daybook: LiveDaybook, *words: str, code: int = 0, passphrase: str | None = PASSPHRASE
) -> tuple[str, str]:
    """Run a command that must end with ``code``; what it said on both streams, never a traceback."""
    done = daybook.run(*words, passphrase=passphrase, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout, done.stderr


def write(folder: Path, value: object, name: str = "entry.json") -> str:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return str(path)


def pack_of(daybook: LiveDaybook, out: Path, *more: str) -> dict[str, bytes]:
    """Make a pack, have it verified, and give its files."""
    run(daybook, "pack", "--account", "demo", "--out", str(out), *more)
    run(daybook, "verify", str(out), passphrase=None)
    with zipfile.ZipFile(out) as archive:
        return {info.filename.partition("/")[2]: archive.read(info) for info in archive.infolist()}


def chronology(daybook: LiveDaybook, out: Path, *more: str) -> Json:
    return json.loads(pack_of(daybook, out, *more)["data/chronology.json"])


def count_of(daybook: LiveDaybook) -> tuple[int, int]:
    """How many entries and files the case has, by what is exported."""
    target = daybook.folder / f"export-{uuid.uuid4()}"
    run(daybook, "export", "--account", "demo", "--out", str(target))
    entries = {row["id"] for row in json.loads((target / "entry-versions.json").read_text())}
    files = json.loads((target / "files.json").read_text())
    shutil.rmtree(target)
    return len(entries), len(files)


# The words of the command itself


def test_without_a_command_it_says_how_it_is_used(empty: LiveDaybook) -> None:
    assert "usage: daybook" in run(empty, code=2)[1]
    assert not empty.home.exists()


def test_help_names_every_command_and_no_way_to_give_a_passphrase_as_a_word(empty: LiveDaybook) -> None:
    commands = ("serve", "demo", "add-entry", "add-exhibit", "pack", "verify", "export", "close", "doctor")
    told = run(empty, "--help")[0]
    assert [name for name in commands if name not in told] == []
    for name in commands:
        options = [
            word for word in run(empty, name, "--help")[0].split() if word.lstrip("[").startswith("--")
        ]
        assert not [option for option in options if "passphrase" in option or "password" in option]
    assert not empty.home.exists()


# serve


def test_serve_says_where_it_is_and_ends_when_asked(start_daybook: StartDaybook) -> None:
    daybook = start_daybook()
    assert f"http://localhost:{daybook.port}" in daybook.log.read_text()
    assert daybook.stop() == 0


def test_serve_on_a_taken_port_says_what_to_do(empty: LiveDaybook) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        _, said = run(empty, "serve", "--port", str(port), code=1)
    assert f"Port {port} is in use" in said
    assert f"--port {port + 1}" in said


# demo


def _essence(daybook: LiveDaybook) -> tuple[list[str], list[str]]:
    target = daybook.folder / "essence"
    run(daybook, "export", "--account", "demo", "--out", str(target))
    words = [row["fields"]["words"] for row in json.loads((target / "entry-versions.json").read_text())]
    return words, [row["sha256"] for row in json.loads((target / "files.json").read_text())]


def test_the_same_seed_gives_the_same_case_and_another_seed_another(tmp_path: Path) -> None:
    homes = []
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        daybook = LiveDaybook(tmp_path / name)
        daybook.folder.mkdir()
        run(daybook, "demo", "--seed", seed, "--entries", "12", "--exhibits", "8")
        homes.append(_essence(daybook))
    assert homes[0] == homes[1]
    assert homes[0][0] != homes[2][0]
    assert homes[0][1] != homes[2][1]


def test_demo_makes_and_prints_a_passphrase_when_none_is_given(empty: LiveDaybook, tmp_path: Path) -> None:
    said, _ = run(empty, "demo", "--entries", "3", "--exhibits", "0", passphrase=None)
    (line,) = (line for line in said.splitlines() if line.startswith("Passphrase: "))
    words = line.removeprefix("Passphrase: ")
    assert len(words.split()) == 6
    assert "Name: demo" in said
    run(empty, "pack", "--account", "demo", "--out", str(tmp_path / "p.zip"), passphrase=words)


def test_demo_does_not_print_a_passphrase_it_was_given(empty: LiveDaybook) -> None:
    said, complained = run(empty, "demo", "--entries", "2", "--exhibits", "0")
    assert PASSPHRASE not in said + complained


def test_demo_refuses_a_home_in_use_and_leaves_it_as_it_was(demo: LiveDaybook) -> None:
    before = count_of(demo)
    assert "in use" in run(demo, "demo", code=1)[1]
    assert count_of(demo) == before


def test_demo_with_a_weak_passphrase_makes_nothing(empty: LiveDaybook) -> None:
    assert "DAYBOOK_PASSPHRASE" in run(empty, "demo", "--entries", "2", code=1, passphrase="password")[1]
    run(empty, "demo", "--entries", "2", "--exhibits", "0")


def test_demo_has_everything_a_case_has(demo: LiveDaybook, tmp_path: Path) -> None:
    document = chronology(demo, tmp_path / "p.zip", "--with-places")
    assert len(document["entries"]) == 14
    assert len(document["suspects"]) >= 1
    assert len(document["witnesses"]) >= 1
    assert len(document["exhibits"]) >= 7


# Passphrases


@pytest.mark.parametrize(
    "words",
    [
        ("add-entry", "--json", "ENTRY"),
        ("add-exhibit", "FILE"),
        ("pack", "--out", "OUT.zip"),
        ("export", "--out", "OUT"),
    ],
)
def test_a_wrong_passphrase_and_a_missing_account_sound_the_same_and_leave_nothing(
    demo: LiveDaybook, tmp_path: Path, words: Sequence[str]
) -> None:
    (tmp_path / "FILE").write_bytes(b"x")
    write(tmp_path, {"words": "Not to be kept."}, "ENTRY")
    before, count = sorted(os.listdir(tmp_path)), count_of(demo)
    command, *rest = (word if word.islower() else str(tmp_path / word) for word in words)
    wrong = run(demo, command, "--account", "demo", *rest, code=1, passphrase=f"{PASSPHRASE} twelve")
    missing = run(demo, command, "--account", "nobody", *rest, code=1)
    nobody = run(demo, command, "--account", "demo", *rest, code=1, passphrase=None)
    assert wrong == missing
    assert "DAYBOOK_PASSPHRASE" in nobody[1]
    assert sorted(os.listdir(tmp_path)) == before
    assert count_of(demo) == count


def test_it_asks_for_the_passphrase_and_does_not_show_it(demo: LiveDaybook, tmp_path: Path) -> None:
    parent, child = pty.openpty()
    environment = {**without_test_database(), "DAYBOOK_HOME": str(demo.home)}
    environment.pop("DAYBOOK_PASSPHRASE", None)
    process = subprocess.Popen(
        [COMMAND, "add-entry", "--account", "demo", "--json", write(tmp_path, {"words": "Asked for."})],
        stdin=child, stdout=child, stderr=child, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(child)
    shown = b""
    while b"Passphrase of demo" not in shown:
        shown += os.read(parent, 4096)
    time.sleep(0.2)  # the terminal has stopped showing what is typed by then
    os.write(parent, PASSPHRASE.encode() + b"\n")
    with suppress(OSError):
        while piece := os.read(parent, 4096):
            shown += piece
    os.close(parent)
    assert process.wait(60) == 0, shown
    assert PASSPHRASE.encode() not in shown
    assert b'"id"' in shown


# add-entry


def test_an_entry_needs_nothing_but_words_and_tells_its_id(demo: LiveDaybook, tmp_path: Path) -> None:
    entry = write(tmp_path, {"words": "He was at the bus stop."})
    said = json.loads(run(demo, "add-entry", "--account", "demo", "--json", entry)[0])
    assert said["version"] == 1
    assert len(said["ledger"]["head"]) == 64
    document = chronology(demo, tmp_path / "p.zip")
    (kept,) = (one for one in document["entries"] if one["id"] == said["id"])
    assert kept["versions"][0]["fields"] == {"words": "He was at the bus stop."}


def test_a_time_may_be_exact_a_day_about_between_or_since(demo: LiveDaybook, tmp_path: Path) -> None:
    wanted = {}
    for when, words in (
        ("2026-03-04T21:30:00+00:00", "4 March 2026"),
        ("2026-03-04T21:30", "4 March 2026"),
        ("2026-03-04", "4 March 2026"),
        ({"about": "2026-03-04T21:30:00Z"}, "about"),
        ({"from": "2026-03-01", "to": "2026-03-04"}, "between"),
        ({"from": "2026-03-01"}, "since"),
        (None, "not known"),
    ):
        entry = write(tmp_path, {"words": "A call."} | ({"when": when} if when else {}))
        told = json.loads(run(demo, "add-entry", "--account", "demo", "--json", entry)[0])
        wanted[told["id"]] = words
    kept = {entry["id"]: entry for entry in chronology(demo, tmp_path / "p.zip")["entries"]}
    read = {name: kept[name]["versions"][0]["reading"]["when"]["words"] for name in wanted}
    assert [
        (words, read[name]) for name, words in wanted.items() if words.casefold() not in read[name].casefold()
    ] == []


def test_every_part_of_an_entry_is_kept(demo: LiveDaybook, tmp_path: Path) -> None:
    value = {
        "words": "He rang eleven times.",
        "when": {"about": "2026-03-04T21:30:00Z"},
        "place": {"kind": "online", "text": "WhatsApp"},
        "behaviours": ["contacting"],
        "contact": ["phone-call"],
        "identifiers": [{"kind": "phone", "value": "07700 900321"}],
        "suspects": [{"name": "Marl Undertow", "certainty": "think"}],
        "witnesses": [{"name": "Bryony Tallow", "contact": "07700 900654", "saw": "my phone"}],
        "effect": "I could not sleep.",
        "told": [{"who": "police", "force": "Fenland Police", "reference": "FN-1"}],
    }
    run(demo, "add-entry", "--account", "demo", "--json", write(tmp_path, value))
    files = pack_of(demo, tmp_path / "p.zip")
    document = json.loads(files["data/chronology.json"])
    kept = next(
        one["versions"][0]["fields"]
        for one in document["entries"]
        if one["versions"][0]["fields"]["words"] == "He rang eleven times."
    )
    assert kept["identifiers"] == [{"kind": "phone", "value": "07700 900321"}]
    assert kept["told"][0]["reference"] == "FN-1"
    assert "Marl Undertow" in {one["versions"][0]["fields"]["name"] for one in document["suspects"]}
    assert b"07700 900654" in files["data/police-only/witnesses.csv"]


def test_an_entry_may_come_from_standard_input_and_with_a_byte_order_mark(demo: LiveDaybook) -> None:
    environment = {
        **without_test_database(),
        "DAYBOOK_HOME": str(demo.home),
        "DAYBOOK_PASSPHRASE": PASSPHRASE,
    }
    done = subprocess.run(
        [COMMAND, "add-entry", "--account", "demo", "--json", "-"],
        input=b"\xef\xbb\xbf" + json.dumps({"words": "From a pipe: naïve ☂."}).encode(),
        env=environment,
        capture_output=True,
        check=True,
    )
    assert set(json.loads(done.stdout)) == {"id", "version", "ledger"}


def test_every_problem_of_an_entry_is_named_at_once_and_nothing_is_kept(
    demo: LiveDaybook, tmp_path: Path
) -> None:
    before = count_of(demo)
    value = {
        "words": "  ",
        "when": "next Tuesday",
        "behaviours": ["not-a-code"],
        "identifiers": [{"kind": "shoe", "value": "x"}],
        "suspects": [{"name": "Kept By Mistake"}, {"suspect": "not-an-id"}],
        "mood": "bad",
    }
    _, said = run(demo, "add-entry", "--account", "demo", "--json", write(tmp_path, value), code=1)
    for place in ("/words", "/when", "/behaviours/0", "/identifiers/0", "/suspects/1", "/mood"):
        assert place in said
    assert count_of(demo) == before
    assert b"Kept By Mistake" not in b"".join(pack_of(demo, tmp_path / "p.zip").values())


@pytest.mark.parametrize("text", ["", '{"words": "a"} trailing', "[" * 100_000])
def test_what_is_not_json_is_said_to_be_so(demo: LiveDaybook, tmp_path: Path, text: str) -> None:
    _, said = run(demo, "add-entry", "--account", "demo", "--json", write(tmp_path, text), code=2)
    assert "not JSON" in said


@pytest.mark.parametrize("value", [None, ["words"], {"words": None}])
def test_json_that_is_no_entry_is_refused(demo: LiveDaybook, tmp_path: Path, value: Json) -> None:
    assert (
        "not kept" in run(demo, "add-entry", "--account", "demo", "--json", write(tmp_path, value), code=1)[1]
    )


def test_an_entry_file_that_is_missing_or_a_folder_is_named(demo: LiveDaybook, tmp_path: Path) -> None:
    missing = run(demo, "add-entry", "--account", "demo", "--json", str(tmp_path / "no.json"), code=2)[1]
    assert "no.json" in missing
    assert "No such file" in missing
    assert "directory" in run(demo, "add-entry", "--account", "demo", "--json", str(tmp_path), code=2)[1]


def test_people_that_are_not_in_the_record_are_refused(demo: LiveDaybook, tmp_path: Path) -> None:
    before = count_of(demo)
    value = {"words": "x", "suspects": [{"suspect": str(uuid.uuid4())}]}
    run(demo, "add-entry", "--account", "demo", "--json", write(tmp_path, value), code=1)
    assert count_of(demo) == before


# add-exhibit


def test_a_file_is_kept_byte_for_byte_and_told_of_in_json(demo: LiveDaybook, tmp_path: Path) -> None:
    content = os.urandom(100_000)
    (tmp_path / "voice note.bin").write_bytes(content)
    (kept,) = json.loads(run(demo, "add-exhibit", "--account", "demo", str(tmp_path / "voice note.bin"))[0])
    assert set(kept) == {"file", "id", "ref", "sha256", "size", "type", "duplicate", "put_back"}
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    assert (kept["size"], kept["duplicate"]) == (100_000, False)
    files = pack_of(demo, tmp_path / "p.zip")
    assert files[f"data/exhibits/{kept['ref'].replace('/', '-')}/voice note.bin"] == content


def test_files_can_be_put_with_an_entry(demo: LiveDaybook, tmp_path: Path) -> None:
    entry = json.loads(
        run(demo, "add-entry", "--account", "demo", "--json", write(tmp_path, {"words": "A letter."}))[0]
    )["id"]
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(name)
    paths = [str(tmp_path / name) for name in ("one.txt", "two.txt")]
    kept = json.loads(run(demo, "add-exhibit", "--account", "demo", *paths, "--entry", entry)[0])
    document = chronology(demo, tmp_path / "p.zip")
    (told,) = (one for one in document["entries"] if one["id"] == entry)
    assert [one["exhibit"] for one in told["attachments"]] == [one["id"] for one in kept]


def test_the_same_bytes_are_kept_once(demo: LiveDaybook, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"the same")
    (tmp_path / "b.txt").write_bytes(b"the same")
    first, second = json.loads(
        run(demo, "add-exhibit", "--account", "demo", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"))[0]
    )
    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert first["id"] == second["id"]


def test_a_file_without_a_byte_is_kept_too(demo: LiveDaybook, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    (kept,) = json.loads(run(demo, "add-exhibit", "--account", "demo", str(tmp_path / "empty.txt"))[0])
    assert (kept["size"], kept["sha256"]) == (0, hashlib.sha256(b"").hexdigest())
    pack_of(demo, tmp_path / "p.zip")


def test_names_made_to_deceive_are_kept_and_packed_safely(demo: LiveDaybook, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "files")
    os.mkdir(folder)
    names = [b"bytes-\xff\xfe.jpg", "rtl\u202egpj.exe".encode(), b"line\nbreak.txt", b"-rf", b"n" * 250]
    for number, name in enumerate(names):
        Path(os.fsdecode(folder + b"/" + name)).write_text(f"what is in {number}")
    paths = [os.fsdecode(folder + b"/" + name) for name in names]
    said, _ = run(demo, "add-exhibit", "--account", "demo", *paths)
    assert said.isascii()
    assert len(json.loads(said)) == len(names)
    packed = pack_of(demo, tmp_path / "p.zip")
    assert {f"what is in {number}".encode() for number in range(len(names))} <= set(packed.values())
    run(demo, "export", "--account", "demo", "--out", str(tmp_path / "out"))


def test_what_cannot_be_kept_is_named_and_the_rest_is_kept(demo: LiveDaybook, tmp_path: Path) -> None:
    _, files = count_of(demo)
    (tmp_path / "good.txt").write_text("good")
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(10 * 1024**3 + 1)
    words = [str(tmp_path / "missing.jpg"), str(tmp_path), str(large), str(tmp_path / "good.txt")]
    said, complained = run(demo, "add-exhibit", "--account", "demo", *words, code=1)
    assert [one["file"] for one in json.loads(said)] == [str(tmp_path / "good.txt")]
    assert "missing.jpg: No such file" in complained
    assert f"{tmp_path}: Is a directory" in complained
    assert "larger than 10 GB" in complained
    assert count_of(demo) == (14, files + 1)
    assert _unadmitted(demo) == 0
    stored = sum(path.stat().st_size for path in (demo.home / "files").rglob("*") if path.is_file())
    assert stored < 50 * 1024 * 1024


def test_an_entry_that_is_not_there_takes_no_file(demo: LiveDaybook, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    before = count_of(demo)
    words = ("add-exhibit", "--account", "demo", str(tmp_path / "a.txt"), "--entry")
    assert "no such entry" in run(demo, *words, str(uuid.uuid4()), code=1)[1]
    run(demo, *words, "not-an-id", code=2)
    assert count_of(demo) == before


def _unadmitted(daybook: LiveDaybook) -> int:
    """Sealed bodies on the disk that no row knows."""
    program = (
        "from daybook.site.commands.starting import start; start()\n"
        "from daybook.evidence.models import Blob; print(Blob.objects.filter(admitted=False).count())"
    )
    environment = {**without_test_database(), "DAYBOOK_HOME": str(daybook.home)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


# pack


def test_a_pack_prints_the_fingerprint_that_its_reader_finds(demo: LiveDaybook, tmp_path: Path) -> None:
    out = tmp_path / "p.zip"
    said, _ = run(demo, "pack", "--account", "demo", "--out", str(out))
    report = json.loads(run(demo, "verify", str(out), "--json", passphrase=None)[0])
    assert fingerprint_groups(report["fingerprint"]) in said
    assert out.stat().st_mode & 0o077 == 0


def test_a_pack_of_some_days_holds_those_days(demo: LiveDaybook, tmp_path: Path) -> None:
    everything = chronology(demo, tmp_path / "all.zip")
    days = sorted(
        entry["versions"][-1]["reading"]["when"]["start"][:10]
        for entry in everything["entries"]
        if entry["versions"][-1]["reading"]["when"]["kind"] in {"exact", "day", "about"}
    )
    some = chronology(demo, tmp_path / "some.zip", "--from", days[3], "--to", days[6])
    assert 0 < len(some["entries"]) < len(everything["entries"])
    assert some["pack"]["period"] == {"first": days[3], "last": days[6]}
    up_to = chronology(demo, tmp_path / "upto.zip", "--to", days[6])
    assert len(some["entries"]) <= len(up_to["entries"]) <= len(everything["entries"])


def test_feelings_go_in_and_the_police_part_stays_out_only_when_asked(
    demo: LiveDaybook, tmp_path: Path
) -> None:
    run(
        demo, "add-entry", "--account", "demo", "--json",
        write(tmp_path, {"words": "w", "feelings": "heronwing", "witnesses": [{"name": "T", "contact": "07700 900999"}]}),
    )  # fmt: skip
    plain = pack_of(demo, tmp_path / "a.zip")
    asked = pack_of(demo, tmp_path / "b.zip", "--with-feelings", "--without-police-part")
    assert b"heronwing" not in b"".join(plain.values())
    assert b"heronwing" in b"".join(asked.values())
    assert any("police-only" in name for name in plain)
    assert not any("police-only" in name for name in asked)
    assert b"07700 900999" not in b"".join(asked.values())


def test_a_pack_to_a_recipient_opens_for_that_recipient(demo: LiveDaybook, tmp_path: Path) -> None:
    identity, recipient = generate_identity()
    out = tmp_path / "p.zip.age"
    run(demo, "pack", "--account", "demo", "--out", str(out), "--age-recipient", recipient)
    opened = pyrage.decrypt(out.read_bytes(), [pyrage.x25519.Identity.from_str(identity)])
    plain = tmp_path / "p.zip"
    plain.write_bytes(opened)
    run(demo, "verify", str(plain), passphrase=None)
    assert "age" in run(demo, "verify", str(out), code=2, passphrase=None)[1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--out", "p.zip", "--from", "2026-05-02", "--to", "2026-05-01"), 1, "--from is later than --to"),
        (("--out", "p.zip", "--from", "02/05/2026"), 2, "not a day, such as 2026-03-01"),
        (("--out", "p.zip", "--age-recipient", "age1nonsense"), 1, "begins with age1"),
        (("--out", "no/such/folder/p.zip"), 1, "no folder"),
        (("--out", "."), 1, "is a folder"),
        ((), 2, "--out"),
    ],
)
def test_a_pack_that_cannot_be_made_is_refused_and_leaves_nothing(
    demo: LiveDaybook, tmp_path: Path, words: Sequence[str], code: int, said: str
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    options = [str(target / word) if word.endswith((".zip", ".")) else word for word in words]
    assert said in run(demo, "pack", "--account", "demo", *options, code=code)[1]
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("there", ["a file", "a link to a file", "a link to nowhere"])
def test_a_pack_is_never_written_over_what_is_there(demo: LiveDaybook, tmp_path: Path, there: str) -> None:
    out, other = tmp_path / "p.zip", tmp_path / "other"
    if there != "a link to nowhere":
        other.write_bytes(b"an older pack")
    if there == "a file":
        other.rename(out)
    else:
        out.symlink_to(other)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert "there already" in run(demo, "pack", "--account", "demo", "--out", str(out), code=1)[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    if there != "a link to nowhere":
        assert out.read_bytes() == b"an older pack"


def test_originals_that_show_her_places_are_named_and_stay_out_unless_asked_for(
    demo: LiveDaybook, tmp_path: Path
) -> None:
    words = ("pack", "--account", "demo", "--out")
    _, told = run(demo, *words, str(tmp_path / "a.zip"))
    first, *rest = told.splitlines()
    assert "show a place marked as yours" in first
    assert "left out" in first
    named = {line.split()[0] for line in itertools.takewhile(lambda line: line.startswith("  "), rest)}
    assert named
    _, told_again = run(demo, *words, str(tmp_path / "b.zip"), "--with-places")
    assert "They are in the pack" in told_again
    held = []
    for name in ("a.zip", "b.zip"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            (document,) = (
                json.loads(archive.read(path))
                for path in archive.namelist()
                if path.endswith("chronology.json")
            )
        held.append({one["versions"][-1]["fields"]["reference"] for one in document["exhibits"]})
    assert held[1] - held[0] == named


def test_files_that_may_hide_a_place_are_named_and_go_in(demo: LiveDaybook, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(4000))
    (kept,) = json.loads(run(demo, "add-exhibit", "--account", "demo", str(tmp_path / "film.mp4"))[0])
    _, told = run(demo, "pack", "--account", "demo", "--out", str(tmp_path / "p.zip"))
    after = told.partition("cannot read whether they show a place")[2]
    assert f"{kept['ref']} “film.mp4”" in after


def test_a_damaged_file_stops_a_pack_by_name_and_leaves_nothing(demo: LiveDaybook, tmp_path: Path) -> None:
    out = tmp_path / "p.zip"
    (tmp_path / "note.bin").write_bytes(os.urandom(200_000))
    (kept,) = json.loads(run(demo, "add-exhibit", "--account", "demo", str(tmp_path / "note.bin"))[0])
    (newest,) = sorted(_bodies(demo), key=lambda path: path.stat().st_mtime_ns)[-1:]
    content = bytearray(newest.read_bytes())
    content[100_000] ^= 4
    newest.chmod(0o600)
    newest.write_bytes(content)
    _, said = run(demo, "pack", "--account", "demo", "--out", str(out), code=1)
    assert kept["ref"] in said
    newest.unlink()
    assert kept["ref"] in run(demo, "pack", "--account", "demo", "--out", str(out), code=1)[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["note.bin", "own"]


def _bodies(daybook: LiveDaybook) -> list[Path]:
    return [path for path in (daybook.home / "files" / "kept").rglob("*") if path.is_file()]


# verify


def test_verify_gives_the_same_answer_to_people_and_programs(demo: LiveDaybook, tmp_path: Path) -> None:
    out = tmp_path / "p.zip"
    pack_of(demo, out)
    report = json.loads(run(demo, "verify", str(out), "--json", passphrase=None)[0])
    assert report["valid"] is True
    assert [check["name"] for check in report["checks"]] == CHECKS
    assert {check["name"]: check["state"] for check in report["checks"]} == {
        **dict.fromkeys(CHECKS, "valid"),
        "signature": "absent",
        "stamp": "absent",
    }
    told, _ = run(demo, "verify", str(out), passphrase=None)
    assert [name for name in CHECKS if name not in told] == []


def test_verify_ends_with_1_for_what_was_changed_and_names_it(demo: LiveDaybook, tmp_path: Path) -> None:
    pack_of(demo, tmp_path / "p.zip")
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(tmp_path / "p.zip") as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, data + b" " if info.filename.endswith("README.txt") else data)
    told, _ = run(demo, "verify", str(changed), code=1, passphrase=None)
    assert "README.txt" in told
    report = json.loads(run(demo, "verify", str(changed), "--json", code=1, passphrase=None)[0])
    assert report["valid"] is False
    assert "invalid" in {check["state"] for check in report["checks"]}


@pytest.mark.parametrize("content", [b"", b"not a zip", b"age-encryption.org/v1\n"])
def test_verify_ends_with_2_for_what_is_no_pack(empty: LiveDaybook, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(content)
    assert run(empty, "verify", str(path), code=2, passphrase=None)[1]
    assert json.loads(run(empty, "verify", str(path), "--json", code=2, passphrase=None)[0])["valid"] is False
    run(empty, "verify", str(tmp_path / "missing.zip"), code=2, passphrase=None)
    run(empty, "verify", str(tmp_path), code=2, passphrase=None)


def test_verify_can_ask_for_more_than_there_is(demo: LiveDaybook, tmp_path: Path) -> None:
    out = str(tmp_path / "p.zip")
    pack_of(demo, tmp_path / "p.zip")
    assert "stamp" in run(demo, "verify", out, "--require", "stamp,signature", code=1, passphrase=None)[0]
    run(demo, "verify", out, "--require", "chain,exhibits", passphrase=None)
    run(demo, "verify", out, "--require", "nonsense", code=2, passphrase=None)
    run(demo, "verify", out, "--signer", str(tmp_path / "none.pem"), code=2, passphrase=None)


def test_verify_writes_nothing_anywhere(demo: LiveDaybook, tmp_path: Path) -> None:
    pack_of(demo, tmp_path / "p.zip")
    bare = tmp_path / "bare"
    bare.mkdir()
    for name, value in (("unset", {}), ("named", {"DAYBOOK_HOME": str(bare / "daybook")})):
        environment = {"HOME": str(bare), "TMPDIR": str(bare), "XDG_DATA_HOME": str(bare), **value}
        done = subprocess.run(
            [COMMAND, "verify", str(tmp_path / "p.zip")], env=environment, cwd=bare, capture_output=True
        )
        assert (name, done.returncode, list(bare.iterdir())) == (name, 0, [])


# export


def test_an_export_holds_everything_in_open_forms_for_its_owner_alone(
    demo: LiveDaybook, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    run(
        demo,
        "add-entry",
        "--account",
        "demo",
        "--json",
        write(tmp_path, {"words": "w", "feelings": "heronwing"}),
    )
    run(demo, "export", "--account", "demo", "--out", str(target))
    rows = json.loads((target / "files.json").read_text())
    assert len(rows) >= 7
    for row in rows:
        assert hashlib.sha256((target / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    assert "heronwing" in (target / "entry-versions.json").read_text()
    assert (target / "ledger.jsonl").read_text().count("\n") > 20
    assert json.loads((target / "witness-versions.json").read_text())[0]["fields"]["contact"]
    modes = {path.stat().st_mode & 0o077 for path in (target, *target.rglob("*"))}
    assert modes == {0}


def test_a_sealed_export_shows_nothing_and_opens_with_age(demo: LiveDaybook, tmp_path: Path) -> None:
    words, target = "lantern cobble thistle orbit gravel nine", tmp_path / "out"
    demo.environment = {"DAYBOOK_EXPORT_PASSPHRASE": words}
    run(demo, "export", "--account", "demo", "--sealed", "--out", str(target))
    paths = [path for path in target.rglob("*") if path.is_file()]
    assert {path.name for path in paths if path.suffix != ".age"} == {"README.txt", "sha256sums.txt"}
    key = pyrage.passphrase.decrypt((target / "key.txt.age").read_bytes(), words).decode().split()[-1]
    identity = pyrage.x25519.Identity.from_str(key)
    names = json.loads(pyrage.decrypt((target / "contents.json.age").read_bytes(), [identity]))
    opened = {
        plain: pyrage.decrypt((target / sealed).read_bytes(), [identity]) for sealed, plain in names.items()
    }
    rows = json.loads(opened["files.json"])
    assert len(rows) >= 7
    assert [
        row["reference"] for row in rows if hashlib.sha256(opened[row["file"]]).hexdigest() != row["sha256"]
    ] == []
    assert {path.stat().st_mode & 0o077 for path in (target, *target.rglob("*"))} == {0}


def test_a_sealed_export_needs_words_that_are_hard_to_guess(demo: LiveDaybook, tmp_path: Path) -> None:
    target = tmp_path / "out"
    command = ("export", "--account", "demo", "--sealed", "--out", str(target))
    for words, said in (("password", "too short"), ("password12", "guess")):
        demo.environment = {"DAYBOOK_EXPORT_PASSPHRASE": words}
        assert said in run(demo, *command, code=1)[1]
    demo.environment = {}
    assert "DAYBOOK_EXPORT_PASSPHRASE" in run(demo, *command, code=1)[1]
    assert not target.exists()


def test_an_export_overwrites_nothing(demo: LiveDaybook, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    before = sorted(os.listdir(tmp_path))
    assert (
        "not an empty folder" in run(demo, "export", "--account", "demo", "--out", str(tmp_path), code=1)[1]
    )
    run(demo, "export", "--account", "demo", "--out", str(tmp_path / "mine.txt"), code=1)
    assert sorted(os.listdir(tmp_path)) == before


def test_an_export_names_the_files_it_could_not_read(demo: LiveDaybook, tmp_path: Path) -> None:
    _bodies(demo)[0].unlink()
    target = tmp_path / "out"
    _, said = run(demo, "export", "--account", "demo", "--out", str(target), code=1)
    assert "missing" in said
    rows = json.loads((target / "files.json").read_text())
    assert [row["reference"] for row in rows if not (target / row["file"]).exists()] == [
        row["reference"] for row in rows if f"{row['reference']}:" in said
    ]
    assert not list(target.rglob("*.part"))


# close


def _closing_told(daybook: LiveDaybook) -> str:
    """What doctor says of records that wait to be erased."""
    said = daybook.run("doctor", check=False).stdout
    return next(line for line in said.splitlines() if line.startswith("D20"))


def test_a_record_is_closed_after_seven_days_that_can_be_undone_and_doctor_says_so(demo: LiveDaybook) -> None:
    said, _ = run(demo, "close", "--account", "demo")
    assert "Destroying evidence can count against you" in said
    days = [
        (datetime.now(UTC) + timedelta(days=7, minutes=-5 * step)).strftime("%d %B %Y") for step in (0, 1)
    ]
    assert any(f"It is erased on {day}" in said for day in days)
    told = _closing_told(demo)
    assert told.startswith("D20 LOOK")
    assert any(f"a record is to be erased, on {day} at the earliest" in told for day in days)
    assert "--undo" in told
    # A second time changes nothing, and the record is used as always.
    assert "asked for before" in run(demo, "close", "--account", "demo")[0]
    run(demo, "add-entry", "--account", "demo", "--json", write(demo.folder, {"words": "Still here."}))

    assert "The record stays" in run(demo, "close", "--account", "demo", "--undo")[0]
    assert _closing_told(demo).startswith("D20 well")
    assert "Nothing was waiting" in run(demo, "close", "--account", "demo", "--undo")[0]


def test_a_record_is_not_closed_without_its_passphrase(demo: LiveDaybook) -> None:
    wrong = "plover mosaic candle drift wagon twelve"
    for account in ("demo", "nobody"):
        refused = run(demo, "close", "--account", account, code=1, passphrase=wrong)[1]
        assert "do not go together" in refused
    assert "No one can be asked" in run(demo, "close", "--account", "demo", code=1, passphrase=None)[1]
    assert _closing_told(demo).startswith("D20 well")
    # And once it waits, someone without the passphrase cannot undo it either.
    run(demo, "close", "--account", "demo")
    assert "do not go" in run(demo, "close", "--account", "demo", "--undo", code=1, passphrase=wrong)[1]
    assert _closing_told(demo).startswith("D20 LOOK")


# doctor


def _numbered(said: str) -> Iterator[tuple[str, str]]:
    for line in said.splitlines():
        number, mark, _ = line.split(maxsplit=2)
        yield number, mark


def test_doctor_numbers_its_checks_and_finds_a_whole_home_well(demo: LiveDaybook) -> None:
    demo.environment = {"DAYBOOK_TEST_KDF": "", "DAYBOOK_ENV": "person"}
    found = dict(_numbered(run(demo, "doctor", passphrase=None)[0]))
    assert len(found) >= 8
    assert all(number.startswith("D") for number in found)
    assert set(found.values()) == {"well"}


def test_doctor_ends_with_1_and_a_hint_when_something_is_wrong(demo: LiveDaybook) -> None:
    demo.environment = {"DAYBOOK_TEST_KDF": "", "DAYBOOK_ENV": "person"}
    _bodies(demo)[0].unlink()
    (demo.home / "keys").chmod(0o755)
    said, _ = run(demo, "doctor", code=1, passphrase=None)
    found = dict(_numbered(said))
    assert found["D05"] == "LOOK"
    assert "put them back from a copy" in said


def test_a_lowered_cost_is_refused_outside_tests(demo: LiveDaybook) -> None:
    demo.environment = {"DAYBOOK_ENV": "person", "DAYBOOK_TEST_KDF": "1"}
    assert "daybook.E001" in run(demo, "doctor", code=1, passphrase=None)[1]


def test_a_home_without_its_keys_starts_nothing(demo: LiveDaybook) -> None:
    shutil.rmtree(demo.home / "keys")
    assert "key" in run(demo, "doctor", code=1, passphrase=None)[1]
    assert not list((demo.home / "keys").iterdir())


# Two at once


def test_files_come_in_by_command_while_the_pages_are_served(demo: LiveDaybook, tmp_path: Path) -> None:
    paths = []
    for number in range(6):
        paths.append(tmp_path / f"{number}.txt")
        paths[-1].write_text(f"file {number}")
    demo.start()
    try:
        with ThreadPoolExecutor(3) as pool:
            done = list(
                pool.map(lambda path: run(demo, "add-exhibit", "--account", "demo", str(path)), paths)
            )
    finally:
        demo.kill()
    references = [json.loads(said)[0]["ref"] for said, _ in done]
    assert len(set(references)) == len(paths)
    files = pack_of(demo, tmp_path / "p.zip")
    assert {f"file {number}".encode() for number in range(6)} <= set(files.values())


def test_two_first_starts_at_once_make_one_home(tmp_path: Path) -> None:
    daybook = LiveDaybook(tmp_path / "own")
    daybook.folder.mkdir()
    daybook.environment = {"DAYBOOK_TEST_KDF": "", "DAYBOOK_ENV": "person"}
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: daybook.run("doctor", check=False), range(4)))
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 4
    keys = {path.name: len(path.read_bytes()) for path in (daybook.home / "keys").iterdir()}
    assert keys == {"server-key": 32, "signing-key": 32, "pepper-1": 32}
    daybook.environment = {}
    run(daybook, "demo", "--entries", "2", "--exhibits", "0")
    run(daybook, "export", "--account", "demo", "--out", str(tmp_path / "out"))
