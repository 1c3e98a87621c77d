"""The form renderer named in settings.FORM_RENDERER.

Plain Django forms and widgets come out as GOV.UK Frontend markup: forms in the rooms below `site`
need no base class, no widget of ours and no class names. Every control also gets the attributes of
SAFETY.md rule 12 (`autocomplete=off spellcheck=false`) and those that stop a browser or a keyboard
from sending words elsewhere to be checked or completed, unless its widget says otherwise.
"""

from typing import Any

from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

CLASSES: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.HiddenInput, ""),
    (widgets.MultipleHiddenInput, ""),
    (widgets.CheckboxInput, "govuk-checkboxes__input"),
    (widgets.RadioSelect, "govuk-radios"),
    (widgets.CheckboxSelectMultiple, "govuk-checkboxes"),
    (widgets.Select, "govuk-select"),
    (widgets.FileInput, "govuk-file-upload"),
    (widgets.Textarea, "govuk-textarea"),
    (widgets.PasswordInput, "govuk-input govuk-password-input__input govuk-js-password-input-input"),
    (widgets.Input, "govuk-input"),
)
"""The class of each kind of widget; the first line that fits counts, so the special come first."""

TYPED = (widgets.Textarea, widgets.Input)

QUIET = {
    "autocomplete": "off",
    "spellcheck": "false",
    "autocorrect": "off",
    # Off for browsers that send what is typed to their maker for suggestions.
    "writingsuggestions": "false",
    # Off for the two most common writing add-ons, which read every field they see.
    "data-gramm": "false",
    "data-ms-editor": "false",
}
"""What every typed control says unless its widget says otherwise (SAFETY.md rule 12)."""


def class_of(widget: widgets.Widget) -> str:
    """The GOV.UK Frontend class of a widget, or an empty string for one that has none."""
    return next((name for kind, name in CLASSES if isinstance(widget, kind)), "")


class QuietBoundField(BoundField):
    """A bound field whose control carries the GOV.UK class, the error class and the quiet attributes."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: widgets.Widget | None = None
    ) -> dict[str, Any]:
        """As Django's, plus class names (added to the widget's own) and the quiet attributes."""
        widget = widget or self.field.widget
        built = dict(super().build_widget_attrs(attrs, widget))
        built.update({name: value for name, value in self._quiet(widget) if name not in widget.attrs})
        if base := class_of(widget):
            own = [attrs.get("class", ""), widget.attrs.get("class", "")]
            error = f"{base.split()[0]}--error" if self.errors and not self.use_fieldset else ""
            built["class"] = " ".join(filter(None, [base, error, *own]))
        return built

    @staticmethod
    def _quiet(widget: widgets.Widget) -> list[tuple[str, str]]:
        if widget.is_hidden:
            return []
        if isinstance(widget, TYPED) and not isinstance(widget, (widgets.CheckboxInput, widgets.FileInput)):
            quiet = dict(QUIET)
            if isinstance(widget, widgets.PasswordInput):
                quiet["autocapitalize"] = "none"
            return list(quiet.items())
        if isinstance(widget, widgets.ChoiceWidget):
            return [("autocomplete", "off")]
        return []


class DaybookRenderer(TemplatesSetting):
    """Draws forms from the project's own templates (`forms/`, `django/forms/`)."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = QuietBoundField
