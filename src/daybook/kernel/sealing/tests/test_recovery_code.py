"""Recovery codes and passphrases, as a tired person types them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.sealing.passphrases import (
    normalise_passphrase,
    suggest_passphrase,
    weakness_of,
    word_list,
)
from daybook.kernel.sealing.recovery_code import NotARecoveryCode, generate_code, read_code, show_code

codes = st.binary(min_size=20, max_size=20)


@given(codes)
def test_a_code_reads_back_as_it_was_shown(code: bytes) -> None:
    assert read_code(show_code(code)) == code


@given(codes)
def test_small_letters_spaces_and_look_alikes_are_understood(code: bytes) -> None:
    typed = show_code(code).lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert read_code(typed) == code


@given(codes, st.integers(0, 31), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_character_is_always_noticed(code: bytes, place: int, other: str) -> None:
    shown = list(show_code(code).replace("-", ""))
    if shown[place] == other:
        return
    shown[place] = other
    with pytest.raises(NotARecoveryCode):
        read_code("".join(shown))


@given(codes, st.integers(0, 30))
def test_two_neighbours_swapped_are_always_noticed(code: bytes, place: int) -> None:
    shown = list(show_code(code).replace("-", ""))
    if shown[place] == shown[place + 1]:
        return
    shown[place], shown[place + 1] = shown[place + 1], shown[place]
    with pytest.raises(NotARecoveryCode):
        read_code("".join(shown))


@given(st.text(max_size=60))
def test_anything_else_is_refused_in_words(typed: str) -> None:
    with pytest.raises(NotARecoveryCode, match=r"code"):
        read_code(typed)


def test_a_short_code_says_how_many_characters_are_there() -> None:
    with pytest.raises(NotARecoveryCode, match=r"33 letters and numbers\. This one has 4"):
        read_code("ABCD")


def test_codes_are_random() -> None:
    assert generate_code() != generate_code()


def test_six_words_are_suggested_from_the_whole_list() -> None:
    assert len(word_list()) == 7776
    words = suggest_passphrase().split(" ")
    assert len(words) == 6
    assert set(words) <= set(word_list())
    assert weakness_of(" ".join(words)) is None


def test_how_it_was_typed_does_not_matter() -> None:
    assert normalise_passphrase("  six   words\u00a0here ") == "six words here"
    assert normalise_passphrase("Caf\u0065\u0301") == normalise_passphrase("Caf\u00e9")


@pytest.mark.parametrize("weak", ["", "short", "password1234", "qwertyuiop12", "wrenwrenwren", "a" * 300])
def test_what_can_be_guessed_is_refused_in_words(weak: str) -> None:
    assert weakness_of(weak, about=("wren",))
