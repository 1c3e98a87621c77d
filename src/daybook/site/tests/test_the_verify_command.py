"""`daybook verify`: exit codes, words, JSON, and no Django."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from daybook.packs.tests.packed_again import repack, unpack
from daybook.packs.tests.sample import sample_pack
from daybook.site.verify_command import add_parser


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(["verify", *arguments])
    status: int = args.func(args)
    return status


@pytest.fixture
def good(tmp_path: Path) -> str:
    (tmp_path / "good.zip").write_bytes(sample_pack())
    return str(tmp_path / "good.zip")


@pytest.fixture
def bad(tmp_path: Path) -> str:
    files = unpack(sample_pack())
    files["data/chronology.csv"] += b"x"
    (tmp_path / "bad.zip").write_bytes(repack(files).getvalue())
    return str(tmp_path / "bad.zip")


def test_a_good_pack_is_0_a_bad_one_1_and_no_pack_2(good: str, bad: str, tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"not a zip")
    assert [run(good), run(bad), run(str(tmp_path / "no.zip")), run(str(tmp_path / "none.zip")), run(str(tmp_path))] == [
        0, 1, 2, 2, 2,
    ]  # fmt: skip


def test_the_words_name_the_fault_and_what_is_not_proved(
    bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(bad)
    said = capsys.readouterr().out
    assert "INVALID  csv" in said
    assert "SOMETHING IS WRONG" in said
    assert "does not prove that the words are true" in said


def test_json_has_the_published_shape(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(good, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["valid"] is True
    assert [one["name"] for one in said["checks"]] == [
        "structure", "bag", "chain", "commitments", "entries", "csv", "exhibits", "contents", "signature", "stamp",
    ]  # fmt: skip
    assert all(set(one) == {"name", "state", "detail"} for one in said["checks"])
    assert {one["name"]: one["state"] for one in said["checks"]}["stamp"] == "absent"
    assert len(said["fingerprint"]) == 64


def test_json_of_an_unreadable_file_is_not_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sealed.age").write_bytes(b"age-encryption.org/v1\n-> scrypt x 18\n")
    assert run(str(tmp_path / "sealed.age"), "--json") == 2
    said = json.loads(capsys.readouterr().out)
    assert said["valid"] is False
    assert "age -d" in said["checks"][0]["detail"]


def test_what_is_required_must_be_there(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(good, "--require", "chain,contents") == 0
    assert run(good, "--require", "stamp,signature") == 1
    assert "what is not there: signature, stamp" in capsys.readouterr().out
    assert run(good, "--json", "--require", "stamp") == 1
    assert json.loads(capsys.readouterr().out)["valid"] is False


def test_an_unknown_requirement_is_a_usage_error(good: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(good, "--require", "magic")
    assert stopped.value.code == 2


def test_a_trust_file_that_is_not_there_is_said(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(good, "--signer", "/nowhere.pub") == 2
    assert "There is no file /nowhere.pub" in capsys.readouterr().err


def test_it_runs_without_django_home_or_settings(good: str) -> None:
    program = (
        "import argparse, sys; from daybook.site.verify_command import add_parser; p = argparse.ArgumentParser();"
        "add_parser(p.add_subparsers()); a = p.parse_args(sys.argv[1:]); code = a.func(a);"
        "assert not [m for m in sys.modules if m.split('.')[0] in ('django', 'PIL', 'typst')]; sys.exit(code)"
    )
    environment = {"PYTHONPATH": ":".join(sys.path), "PYTHONIOENCODING": "ascii", "HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", program, "verify", good],
        capture_output=True,
        text=True,
        env=environment,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    assert "Nothing is wrong" in done.stdout
