"""The forms of the account. Every field name says "passphrase" or "recovery_code", so none is ever kept as late words."""

from typing import Any

from django import forms

from daybook.kernel.sealing.passphrases import normalise_passphrase
from daybook.site.pages.door.forms import NewPassphraseForm, passphrase_field


class ChangePassphraseForm(NewPassphraseForm):
    """The passphrase of now, and a new one."""

    passphrase = passphrase_field("Your passphrase now")

    field_order = ("passphrase", "new_passphrase", "new_passphrase_again")

    def clean(self) -> dict[str, Any]:
        """The new one has to be another one: else nobody who knows the old one would be shut out."""
        cleaned = super().clean()
        now, new = (str(cleaned.get(name, "")) for name in ("passphrase", "new_passphrase"))
        if new and normalise_passphrase(now) == normalise_passphrase(new):
            self.add_error("new_passphrase", "This is the same as the passphrase of now. Choose another one.")
        return cleaned


class NewCodeForm(forms.Form):
    """The passphrase, before a new recovery code is made.

    ``made_after`` says which code was there when the page was opened: sending the same form twice makes one code, not two.
    """

    passphrase = passphrase_field(
        "Your passphrase", "So that nobody who finds this page open can make a code."
    )
    made_after = forms.CharField(widget=forms.HiddenInput, max_length=40)


class CompareForm(forms.Form):
    """A fingerprint written down earlier."""

    steps = forms.IntegerField(
        label="Number of steps",
        min_value=1,
        max_value=10**9,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "numeric"}),
        error_messages={
            "required": "Type the number of steps.",
            "invalid": "Type a whole number, such as 12.",
        },
    )
    fingerprint = forms.RegexField(
        label="Fingerprint",
        help_text="64 letters and numbers, with or without spaces.",
        regex=r"^\s*([0-9A-Fa-f]\s*){64}$",
        max_length=200,
        error_messages={
            "required": "Type the fingerprint.",
            "invalid": "A fingerprint has 64 signs: numbers, and letters from A to F.",
        },
    )

    def clean_fingerprint(self) -> str:
        """Small letters, no spaces."""
        return "".join(self.cleaned_data["fingerprint"].split()).lower()
