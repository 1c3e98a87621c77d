"""Plain Django forms come out as GOV.UK markup with the quiet defaults of SAFETY.md rule 12."""

from django import forms
from django.forms.renderers import get_default_renderer
from lxml import html

from daybook.site.tests.style_guide import WholeForm


def _drawn(form: forms.Form) -> html.HtmlElement:
    drawn = html.fromstring(f"<div>{form}</div>")
    assert isinstance(drawn, html.HtmlElement)
    return drawn


def test_every_typed_control_is_quiet() -> None:
    drawn = _drawn(WholeForm())
    controls = drawn.xpath("//textarea | //input[@type='text' or @type='password' or @type='date']")
    assert len(controls) >= 6
    for control in controls:
        assert control.get("autocomplete") == "off"
        assert control.get("spellcheck") == "false"


def test_every_control_has_a_name_that_is_read_out() -> None:
    drawn = _drawn(WholeForm())
    labelled = {label.get("for") for label in drawn.xpath("//label")}
    controls = drawn.xpath("//textarea | //select | //input[not(@type='hidden')]")
    assert {control.get("id") for control in controls} <= labelled
    for fieldset in drawn.xpath("//fieldset"):
        assert fieldset.xpath("./legend")


def test_a_widget_may_say_otherwise() -> None:
    class Sure(forms.Form):
        number = forms.CharField(widget=forms.TextInput(attrs={"spellcheck": "true", "class": "own"}))

    control = _drawn(Sure()).xpath("//input")[0]
    assert control.get("spellcheck") == "true"
    assert control.get("class").split() == ["govuk-input", "own"]


def test_an_error_is_tied_to_its_control_and_nothing_typed_is_lost() -> None:
    form = WholeForm({"words": "", "number": "07700 900123", "sure": "think", "kinds": ["called"]})
    drawn = _drawn(form)
    words = drawn.xpath("//textarea")[0]
    assert words.get("aria-invalid") == "true"
    described = words.get("aria-describedby").split()
    texts = [drawn.get_element_by_id(each).text_content() for each in described]
    assert any("Write it in your own words" in text for text in texts)
    assert any("Error:" in text for text in texts)
    assert drawn.xpath("//input[@name='number']/@value") == ["07700 900123"]
    assert drawn.xpath("//input[@name='sure' and @checked]/@value") == ["think"]
    assert drawn.xpath("//input[@name='kinds' and @checked]/@value") == ["called"]


def test_a_date_is_three_boxes_that_django_reads_back() -> None:
    form = WholeForm({"words": "x", "sure": "known", "day_day": "4", "day_month": "3", "day_year": "2026"})
    assert form.is_valid()
    assert str(form.cleaned_data["day"]) == "2026-03-04"
    boxes = _drawn(form).xpath("//*[contains(@class, 'govuk-date-input__input')]")
    assert [box.get("value") for box in boxes] == ["4", "3", "2026"]
    assert {box.tag for box in boxes} == {"input"}


def test_hidden_fields_stay_bare() -> None:
    class Hidden(forms.Form):
        token = forms.CharField(widget=forms.HiddenInput)

    control = _drawn(Hidden()).xpath("//input")[0]
    assert set(control.keys()) == {"type", "name", "id"}


def test_a_template_of_ours_draws_the_fields() -> None:
    assert get_default_renderer().field_template_name == "forms/field.html"
