"""A file that a command writes is new, whole and its owner's alone, whatever waits in its folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybook.site.commands.pack import write_whole


def test_a_file_is_written_whole_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_whole(tmp_path / "p.zip", iter([b"one", b"two"]))
    finally:
        os.umask(before)
    assert (tmp_path / "p.zip").read_bytes() == b"onetwo"
    assert (tmp_path / "p.zip").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["p.zip"]


@pytest.mark.parametrize("waiting", ["link", "file"])
def test_nothing_that_waits_under_a_likely_name_is_followed_or_kept(tmp_path: Path, waiting: str) -> None:
    victim, trap = tmp_path / "victim", tmp_path / "p.zip.part"
    victim.write_bytes(b"mine")
    if waiting == "link":
        trap.symlink_to(victim)
    else:
        trap.write_bytes(b"waiting")
        trap.chmod(0o666)
    write_whole(tmp_path / "p.zip", iter([b"words"]))
    assert victim.read_bytes() == b"mine"
    assert os.path.lexists(trap)
    assert not (tmp_path / "p.zip").is_symlink()
    assert (tmp_path / "p.zip").stat().st_mode & 0o777 == 0o600


def test_what_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"older")
    with pytest.raises(FileExistsError):
        write_whole(tmp_path / "p.zip", iter([b"newer"]))
    assert (tmp_path / "p.zip").read_bytes() == b"older"


def test_what_appears_while_it_is_written_is_not_overwritten(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"newer"
        (tmp_path / "p.zip").write_bytes(b"quicker")

    with pytest.raises(FileExistsError):
        write_whole(tmp_path / "p.zip", pieces())
    assert (tmp_path / "p.zip").read_bytes() == b"quicker"
    assert [path.name for path in tmp_path.iterdir()] == ["p.zip"]


def test_a_file_that_breaks_off_is_gone(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write_whole(tmp_path / "p.zip", pieces())
    assert list(tmp_path.iterdir()) == []


def test_without_second_names_for_a_file_it_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    write_whole(tmp_path / "p.zip", iter([b"words"]))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("p.zip", b"words")]
