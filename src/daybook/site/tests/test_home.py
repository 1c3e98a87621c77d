"""The home folder: made once, private, and never given new keys behind its owner's back."""

import stat
from pathlib import Path

import pytest

from daybook.site.home import FIRST_PEPPER, SERVER_KEY, SIGNING_KEY, Home, HomeError, prepare_home


def test_a_new_home_gets_its_keys_readable_by_their_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert prepare_home(home)
    for path in (home.path, home.files, home.keys, *home.keys.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert {path.name for path in home.keys.iterdir()} == {SERVER_KEY, SIGNING_KEY, FIRST_PEPPER}


def test_a_home_keeps_its_keys(tmp_path: Path) -> None:
    home = Home(tmp_path)
    prepare_home(home)
    before = home.key(SERVER_KEY)
    assert not prepare_home(home)
    assert home.key(SERVER_KEY) == before


def test_a_first_start_that_died_between_two_keys_goes_on_at_the_next(tmp_path: Path) -> None:
    home = Home(tmp_path)
    prepare_home(home)
    kept = home.key(SERVER_KEY)
    (home.keys / FIRST_PEPPER).unlink()
    assert prepare_home(home)
    assert home.key(SERVER_KEY) == kept
    assert len(home.key(FIRST_PEPPER)) == 32


@pytest.mark.parametrize("lost", [SERVER_KEY, SIGNING_KEY, FIRST_PEPPER])
def test_a_home_in_use_that_lost_a_key_is_refused_and_not_given_another(tmp_path: Path, lost: str) -> None:
    home = Home(tmp_path)
    prepare_home(home)
    home.database.write_bytes(b"rows")
    (home.keys / lost).unlink()
    with pytest.raises(HomeError, match="Put the keys folder back"):
        prepare_home(home)
    assert not (home.keys / lost).exists()


def test_a_key_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    prepare_home(home)
    (home.keys / SERVER_KEY).write_bytes(b"short")
    with pytest.raises(HomeError, match="32 bytes"):
        home.key(SERVER_KEY)


def test_a_folder_that_cannot_be_used_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(HomeError, match="Set DAYBOOK_HOME to another"):
        prepare_home(Home(tmp_path / "file"))
