"""The forms of the account. Nothing that is sent to these addresses is ever kept as late words."""

from collections.abc import Callable
from typing import Any

from django import forms

from daybook.evidence.removing import MOST_REASON
from daybook.kernel.sealing.passphrases import normalise_passphrase, weakness_of
from daybook.kernel.sealing.recovery_code import NotARecoveryCode
from daybook.people.errors import CannotUnlock, TooManyTries
from daybook.site.pages.door.forms import NewPassphraseForm, code_field, passphrase_field

SEALED, PLAIN = "sealed", "plain"


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


class ProofForm(forms.Form):
    """The passphrase, or the recovery code where the passphrase was forgotten: an open screen is not enough."""

    passphrase = passphrase_field("Your passphrase")
    recovery_code = code_field(
        "Only if you have forgotten the passphrase. Small letters and missing dashes are fine."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def clean(self) -> None:
        """One of the two is enough."""
        typed = (self.cleaned_data.get("passphrase"), self.cleaned_data.get("recovery_code"))
        if not any(typed) and not self.errors:
            self.add_error(
                "passphrase", "Type your passphrase. If you have forgotten it, use your recovery code."
            )

    def prove(self, prove: Callable[..., object]) -> bool:
        """Give what was typed to ``prove``; False where it is not hers, with the reason beside the field."""
        passphrase, code = self.cleaned_data["passphrase"], self.cleaned_data["recovery_code"]
        field = "passphrase" if passphrase else "recovery_code"
        try:
            prove(passphrase=passphrase, code="" if passphrase else code)
        except NotARecoveryCode as fault:
            self.add_error(field, str(fault))
        except TooManyTries as fault:
            self.add_error(field, str(fault))
        except CannotUnlock:
            self.add_error(field, f"This is not the {field.replace('_', ' ')} of your record. Try again.")
        else:
            return True
        return False


class RemoveForm(forms.Form):
    """Why a file is removed, in her words; whether a pack may say it; and, where it may have been handed over, once more."""

    reason = forms.CharField(
        label="Why do you remove it?",
        help_text="A few words, for yourself and for anyone who asks later. You can leave it empty.",
        required=False,
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tell = forms.BooleanField(
        required=False,
        label="A pack may give my reason",
        help_text="A pack always says that you removed the file, and when. It gives your reason only with this tick.",
    )


class TakeOutForm(ProofForm):
    """How everything is saved, and once more the passphrase: a whole record is not taken from an open screen."""

    saved_as = forms.ChoiceField(
        label="How do you want to save it?",
        choices=[
            (SEALED, "Sealed with a passphrase of its own (we suggest this)"),
            (PLAIN, "Open: anyone who finds the file can read it"),
        ],
        widget=forms.RadioSelect,
        initial=SEALED,
        error_messages={"required": "Choose how to save it."},
    )
    export_passphrase = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["saved_as"].required = True

    def clean_export_passphrase(self) -> str:
        """The words that were shown, as they were shown."""
        return normalise_passphrase(self.cleaned_data["export_passphrase"])

    def clean(self) -> None:
        """Never sealed with something easily guessed, whatever came back."""
        super().clean()
        words = self.cleaned_data.get("export_passphrase", "")
        if self.cleaned_data.get("saved_as") == SEALED and weakness_of(words):
            self.add_error(
                "saved_as",
                "The words to seal it with were not sent along. Here are new ones: write them down.",
            )
