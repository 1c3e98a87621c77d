"""What every page carries, and what none may carry."""

import re
from pathlib import Path

import pytest
from django.contrib.messages import constants
from django.template.loader import render_to_string
from django.test import RequestFactory
from lxml import html

from daybook.site.built import STATIC
from daybook.site.tests.style_guide import WholeForm, render_style_guide

_TEMPLATES = Path(__file__).parents[1] / "templates"
_PAGES = sorted(path.relative_to(_TEMPLATES).as_posix() for path in _TEMPLATES.rglob("*.html"))
_NEUTRAL_PLACE = "https://www.bbc.co.uk/weather"


@pytest.mark.parametrize("name", _PAGES)
def test_no_template_has_script_or_style_in_it_or_names_another_origin(name: str) -> None:
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    loaded = re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]+)"', text)
    assert [address for address in loaded if re.search(rf'(?:src|action)="{re.escape(address)}', text)] == []
    assert "mark_safe" not in text


def _frame(**context: object) -> html.HtmlElement:
    drawn = html.fromstring(render_to_string("base.html", context, RequestFactory().get("/diary/")))
    assert isinstance(drawn, html.HtmlElement)
    return drawn


def test_every_page_can_be_left_in_one_press_before_anything_else() -> None:
    page = _frame(unlocked=True)
    form = page.xpath("//form[@data-exit]")[0]
    assert (form.get("method"), form.get("action")) == ("post", "/leave/")
    assert form.get("data-destination") == _NEUTRAL_PLACE
    assert form.xpath(".//input[@name='csrfmiddlewaretoken']")
    order = [element for element in page.iter() if element is form or element.get("id") == "main"]
    assert order[0] is form
    assert page.xpath("//button[@form='exit-form']")


def test_every_page_says_999_and_where_else_to_get_help() -> None:
    for page in (_frame(), _frame(unlocked=True)):
        line = page.xpath("//*[contains(@class, 'db-emergency')]")[0]
        assert "Call 999" in line.text_content()
        assert "55" in line.text_content()
        assert line.xpath(".//a/@href") == ["/help/"]


def test_the_frame_gives_nothing_away_outside() -> None:
    page = _frame()
    assert page.findtext(".//title") == "Page – Daybook"
    assert "noindex" in page.xpath("//meta[@name='robots']/@content")[0]
    assert page.xpath("//meta[@name='referrer']/@content") == ["same-origin"]
    assert page.xpath("//meta[starts-with(@property, 'og:')] | //meta[@name='description']") == []


def test_only_an_unlocked_page_has_navigation_and_a_lock() -> None:
    assert _frame().xpath("//nav") == []
    unlocked = _frame(unlocked=True)
    links = unlocked.xpath("//nav//a")
    assert [link.text for link in links] == ["Diary", "Files", "People", "Make a pack", "Account"]
    assert [link.get("aria-current") for link in links if link.get("aria-current")] == ["page"]
    assert unlocked.xpath("//nav//form[@action='/lock/' and @method='post']")


def test_the_error_summary_leads_to_the_field() -> None:
    page = html.fromstring(render_style_guide(WholeForm({"words": ""})))
    assert page.findtext(".//title") == "Error: Style guide – Daybook"
    links = page.xpath("//*[contains(@class, 'govuk-error-summary')]//a/@href")
    assert links == ["#id_words", "#id_sure_0"]
    for link in links:
        assert page.get_element_by_id(link.removeprefix("#")) is not None


def test_a_message_says_its_kind_in_words() -> None:
    class Note:
        level_tag = constants.DEFAULT_TAGS[constants.WARNING]

        def __str__(self) -> str:
            return "Two files could not be read."

    drawn = render_to_string("components/messages.html", {"messages": [Note()]})
    assert "Please note" in drawn
    assert "Two files could not be read." in drawn


def test_the_paper_sheet_says_that_reporting_needs_no_proof() -> None:
    sheet = html.fromstring(render_to_string("paper_sheet.html", request=RequestFactory().get("/sheet/")))
    words = " ".join(sheet.text_content().split())
    assert "Police do not need proof first" in words
    assert "Call 999" in words
    assert sheet.xpath("//form[@data-exit]")


def test_nothing_built_looks_like_government_or_loads_from_elsewhere() -> None:
    for path in (STATIC / "built").rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"GDS Transport|crest|crown|@import", text)
        assert not re.search(r"url\((?![\"']?fonts/)", text)
    for path in (STATIC / "built/js").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(?:import|from|fetch)\s*\(?\s*['\"`]https?:", text), path.name
        if path.name == "tus.js":
            # It can remember uploads in the browser, and tries that out as it is loaded: there it must find none.
            assert text.startswith("const localStorage = undefined\n")
            text = re.sub(r"(?<![\w.])localStorage\b", "", text)
        assert not re.search(r"\b(?:localStorage|sessionStorage|indexedDB)\b|document\.cookie", text), (
            path.name
        )


def needed_at_once(script: Path) -> set[Path]:
    """A script and every other that the browser fetches before it runs it."""
    needed, waiting = set[Path](), {script}
    while waiting:
        one = waiting.pop()
        needed.add(one)
        imported = re.findall(
            r"(?:^|;)\s*(?:import|export)\b[^'\";]*?['\"](\./[^'\"]+|\.\./[^'\"]+)['\"]",
            one.read_text(),
            re.M,
        )
        waiting |= {(one.parent / name).resolve() for name in imported} - needed
    return needed


def test_a_first_visit_weighs_less_than_100_kb() -> None:
    built = STATIC / "built"
    names = ["daybook.css.gz", "print.css.gz", "mark.svg.gz", "favicon.svg.gz"]
    weight = sum((built / name).stat().st_size for name in names)
    scripts = needed_at_once(built / "js/daybook.js") | needed_at_once(built / "js/exit.js")
    assert {"daybook.js", "exit.js", "button.js"} <= {path.name for path in scripts}
    weight += sum(path.with_name(path.name + ".gz").stat().st_size for path in scripts)
    weight += sum(path.stat().st_size for path in (built / "fonts").glob("*-latin-[47]00-*.woff2"))
    weight += len(render_style_guide().encode())
    assert weight < 100_000
