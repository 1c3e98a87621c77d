"""What a page must be on a small phone: no wider than the screen, with targets a thumb can hit, and the exit always there."""

from playwright.sync_api import Page

LEAST_TARGET = 24
"""CSS pixels: WCAG 2.2, success criterion 2.5.8."""

# Links inside a sentence are as high as its line: 2.5.8 makes an exception for them.
_SMALL_TARGETS = """least => {
  const inSentence = (element) => {
    if (getComputedStyle(element).display !== 'inline') return false
    const block = element.closest('p, li, dd, dt, td, th, label, legend, figcaption, div')
    return block.textContent.trim().length > element.textContent.trim().length
  }
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((element) => element.checkVisibility({visibilityProperty: true}) && !element.closest('[aria-hidden=true]'))
    .filter((element) => !inSentence(element))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.width && box.height && box.left > -1 && (box.width < least || box.height < least))
    .filter(([element, box]) => !(box.width <= 2 && box.height <= 2))
    .map(([element, box]) => `${element.outerHTML.slice(0, 120)} is ${Math.round(box.width)} × ${Math.round(box.height)}`)
}"""

_EXIT_AT = """part => {
  scrollTo(0, part * document.documentElement.scrollHeight)
  const button = document.querySelector('form[data-exit] button')
  const box = button.getBoundingClientRect()
  const on = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
  return on !== null && (on === button || button.contains(on)) && box.bottom <= innerHeight && box.right <= innerWidth
}"""

_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def small_screen_faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, on this screen."""
    faults: list[str] = list(page.evaluate(_SMALL_TARGETS, LEAST_TARGET))
    sideways = page.evaluate(_SIDEWAYS)
    if sideways > 0:
        faults.append(f"the page is {sideways} pixels wider than the screen")
    faults += [
        f"the exit cannot be reached {part:.0%} down the page"
        for part in (0, 0.3, 0.6, 1)
        if not page.evaluate(_EXIT_AT, part)
    ]
    page.evaluate("scrollTo(0, 0)")
    return faults
