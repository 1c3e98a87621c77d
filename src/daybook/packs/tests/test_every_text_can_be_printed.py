"""What the fonts cannot draw is named, never lost, and never fails a pack."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daybook.packs.lettering import Lettering
from daybook.packs.tests.sample import FONTS, HARD_WORDS


@pytest.fixture(scope="module")
def lettering() -> Lettering:
    return Lettering.of_folder(FONTS)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Ordinary words, £5 – “quoted” …", "Ordinary words, £5 – “quoted” …"),
        ("مرحبا שלום 你好 नमस्ते 안녕 Привет", "مرحبا שלום 你好 नमस्ते 안녕 Привет"),
        ("🔪 👩🏽\u200d⚕\ufe0f 1\ufe0f\u20e3", "🔪 👩🏽\u200d⚕\ufe0f 1\ufe0f\u20e3"),
        ("\x00\x07", "[U+0000][U+0007]"),
        ("\u202eevil\u2066", "[U+202E]evil[U+2066]"),
        ("\ue000\U000f0000", "[U+E000][U+F0000]"),
        ("\ufeff\ufffe", "[U+FEFF][U+FFFE]"),
        ("\U000e1234\U0003fffe", "[U+E1234][U+3FFFE]"),
        ("中\u0301", "中[U+0301]"),
        ("a\u20e3", "a[U+20E3]"),
        ("\u0301alone", "\u0301alone"),
    ],
)
def test_texts_as_they_are_printed(lettering: Lettering, text: str, printed: str) -> None:
    assert lettering.printable(text) == printed


def test_a_line_that_starts_from_the_right_says_so(lettering: Lettering) -> None:
    assert lettering.line("مرحبا Sam") == {"rtl": "مرحبا Sam"}
    assert lettering.line("Sam مرحبا") == "Sam مرحبا"


def test_a_long_run_may_break_and_loses_nothing(lettering: Lettering) -> None:
    address = "https://example.com/" + "x" * 500
    printed = lettering.printable(address)
    assert printed.replace("\u200b", "") == address
    assert max(map(len, printed.split("\u200b"))) < 40


@given(st.text(max_size=200))
@settings(deadline=None)
def test_nothing_visible_is_lost_from_any_text(text: str) -> None:
    lettering = Lettering.of_folder(FONTS)
    printed = lettering.printable(text)
    for char in set(text) - set("\u200b\u200d"):
        assert char in printed or f"[U+{ord(char):04X}]" in printed.replace("\u200b", "")


def test_plain_letters_are_what_every_font_has(lettering: Lettering) -> None:
    plain = lettering.plain().printable(HARD_WORDS)
    assert all(char.isascii() or 0xA0 < ord(char) < 0x180 or char in "–—‘’“”…•€\u200b" for char in plain)


def test_ten_thousand_random_code_points_leave_only_what_the_fonts_have(lettering: Lettering) -> None:
    rng = random.Random(5)
    text = "".join(
        chr(rng.choice([rng.randrange(0x20, 0xD800), rng.randrange(0xE000, 0x110000)])) for _ in range(10_000)
    )
    printed = lettering.printable(text)
    assert "[U+" in printed
    assert lettering.printable(printed).replace("\u200b", "") == printed.replace("\u200b", "")
