"""The forms of the door. Names, passphrases and codes only; nothing here is ever kept as words that came too late."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms

from daybook.kernel.sealing.passphrases import normalise_passphrase

UK = "Europe/London"
LONGEST_NAME = 80
LONGEST_TYPED = 1000


@cache
def _zones() -> list[tuple[str, str]]:
    places = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
    )
    return [(UK, "United Kingdom"), *((zone, zone.replace("_", " ")) for zone in places if zone != UK)]


def passphrase_field(
    label: str, help_text: str = "", *, missing: str = "Type your passphrase."
) -> forms.CharField:
    """A field for a passphrase: never shown back, and not learned by a phone's keyboard."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_TYPED,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "govuk-!-width-two-thirds"}),
        error_messages={"required": missing},
    )


def name_field(help_text: str = "") -> forms.CharField:
    """A field for the name of a record."""
    return forms.CharField(
        label="Name",
        help_text=help_text,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"class": "govuk-!-width-two-thirds", "autocapitalize": "none"}),
        error_messages={"required": "Type the name of your record."},
    )


def code_field(help_text: str = "") -> forms.CharField:
    """A field for a recovery code as it was written down."""
    return forms.CharField(
        label="Recovery code",
        help_text=help_text,
        max_length=200,
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
        error_messages={"required": "Type the code you wrote down."},
    )


def _same(first: str, again: str) -> bool:
    return normalise_passphrase(first) == normalise_passphrase(again)


class NewPassphraseForm(forms.Form):
    """A new passphrase, typed twice. Fields a form adds of its own come before these."""

    new_passphrase = passphrase_field("New passphrase", missing="Type a new passphrase.")
    new_passphrase_again = passphrase_field(
        "New passphrase again",
        "So that a slip does not shut you out.",
        missing="Type the new passphrase again.",
    )

    def clean(self) -> dict[str, Any]:
        """The two must be the same."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, again = cleaned.get("new_passphrase"), cleaned.get("new_passphrase_again")
        if first is not None and again is not None and not _same(first, again):
            self.add_error("new_passphrase_again", "The two are not the same. Type both again.")
        return cleaned


class NameForm(NewPassphraseForm):
    """What a new record needs: a name, letters for its labels, a passphrase; a time zone only outside the UK."""

    name = name_field(
        "You type this name to unlock. Do not use your real name, your e-mail or a name you use elsewhere. "
        "If someone finds this page, a made-up name tells them nothing."
    )
    initials = forms.RegexField(
        label="Letters for your files",
        help_text="One to four letters from A to Z. With AB, your first file is called AB/1. Any letters will do.",
        regex=r"^\s*[A-Za-z]{1,4}\s*$",
        max_length=10,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "autocapitalize": "characters"}),
        error_messages={
            "required": "Type one to four letters, such as AB.",
            "invalid": "Use one to four letters from A to Z, such as AB.",
        },
    )
    zone = forms.ChoiceField(
        label="Time zone",
        help_text="The place whose clock you go by.",
        required=False,
        choices=_zones,
        error_messages={"invalid_choice": "Choose a time zone from the list."},
    )
    suggested = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    field_order = ("name", "initials", "new_passphrase", "new_passphrase_again", "zone", "suggested")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_passphrase"].label = "Passphrase"
        self.fields["new_passphrase"].help_text = "Type the six words above, or your own."
        self.fields["new_passphrase"].error_messages["required"] = "Type a passphrase."
        self.fields["new_passphrase_again"].label = "Passphrase again"
        self.fields["new_passphrase_again"].error_messages["required"] = "Type the passphrase again."

    def clean_name(self) -> str:
        """Single spaces; something must be left."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_initials(self) -> str:
        """Capital letters."""
        return str(self.cleaned_data["initials"]).strip().upper()

    def clean_zone(self) -> str:
        """The UK unless she said otherwise."""
        return self.cleaned_data["zone"] or UK


class UnlockForm(forms.Form):
    """Name and passphrase."""

    name = name_field()
    passphrase = passphrase_field("Passphrase")
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class RecoverForm(NewPassphraseForm):
    """Name, recovery code and a new passphrase."""

    name = name_field()
    recovery_code = code_field(
        "33 letters and numbers; the last may be a sign such as *. Small letters and missing dashes are fine."
    )

    field_order = ("name", "recovery_code", "new_passphrase", "new_passphrase_again")


class CheckForm(forms.Form):
    """The recovery code, typed back."""

    recovery_code = code_field(
        "Read it from what you wrote down or printed. Dashes and small letters are fine."
    )
