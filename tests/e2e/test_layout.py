"""The layout of the demo's page and gallery: at each width, and for everyone."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

# What is only for screen readers is a pixel wide, and what scrolls or ends in an ellipsis may be
# wider than its place.
TOO_WIDE = """() => [...document.querySelectorAll("html, .top *, .phone, .phone *")]
  .filter((one) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1)
  .filter((one) => getComputedStyle(one).textOverflow !== "ellipsis")
  .map((one) => `${one.tagName} ${one.className} ${one.scrollWidth} > ${one.clientWidth}`)"""

# Of each row of buttons: the gap to its own caller above, and to what follows.
GAPS = """(rows) => rows.map((row) => {
  const next = row.nextElementSibling, after = next?.matches("hr") ? next.nextElementSibling : next;
  const [above, own, below] = [row.previousElementSibling, row, after]
    .map((one) => one?.getBoundingClientRect());
  return above && below ? [own.top - above.bottom, below.top - own.bottom] : null;
}).filter(Boolean)"""

# The rules of axe that were once broken: https://github.com/dequelabs/axe-core.
HARD_TO_USE = """() => {
  const found = [], seen = (one) => one.checkVisibility();
  let level = 0;
  for (const one of [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(seen)) {
    if (+one.tagName[1] > level + 1 && level) found.push(`${one.tagName} after H${level}`);
    level = +one.tagName[1];
  }
  const places = [...document.querySelectorAll("main, nav, aside")].filter(seen)
    .map((one) => `${one.tagName} ${one.getAttribute("aria-label") ?? ""}`);
  found.push(...places.filter((one, at) => places.indexOf(one) !== at));
  for (const one of [...document.querySelectorAll("*")].filter(seen)) {
    const scrolls = /auto|scroll/.test(getComputedStyle(one).overflow)
      && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1);
    if (scrolls && one !== document.scrollingElement && one.tabIndex < 0
        && !one.querySelector("a, button, input, select, textarea, [tabindex='0']"))
      found.push(`scrolls without a key: ${one.tagName} ${one.className}`);
  }
  for (const link of [...document.querySelectorAll("p a, .words a")].filter(seen)) {
    const alone = link.parentElement.textContent.trim() === link.textContent.trim();
    if (!alone && getComputedStyle(link).textDecorationLine !== "underline")
      found.push(`only colored: ${link.outerHTML}`);
  }
  return found;
}"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (700, 900), (320, 568)])
def test_page_fits_the_window_with_its_buttons_in_view(open_as, width, height):
    window = open_as().window
    window.set_viewport_size({"width": width, "height": height})
    assert window.evaluate(TOO_WIDE) == []
    assert window.evaluate("document.documentElement.scrollHeight") <= height
    for what in (window.locator("[data-play]").first, window.get_by_label("Message or command")):
        expect(what).to_be_in_viewport()


@pytest.mark.parametrize("width", [1440, 390])
def test_page_says_what_it_is_and_what_to_do(open_as, width):
    window = open_as().window
    window.set_viewport_size({"width": width, "height": 844})
    expect(window.get_by_text("You are the phone company. Press a button")).to_be_in_viewport()
    expect(window).to_have_title("Vocatech for Slack demo")


def test_first_button_shows_soon_what_it_did(open_as):
    ana = open_as()
    first = ana.window.locator("[data-play]").first
    log, cards = ana.window.locator("#log"), ana.messages.get_by_role("article")
    before = log.text_content(), cards.count()
    first.click()
    expect(log).not_to_have_text(before[0], timeout=10_000)
    expect(cards).not_to_have_count(before[1], timeout=10_000)


def test_buttons_in_home_are_closest_to_their_own_caller(open_as):
    ana = open_as()
    ana.go_to("Home")
    expect(ana.messages.get_by_text("Your extension", exact=True)).to_be_visible()
    expect(ana.messages.locator("hr").nth(1)).to_be_attached()
    gaps = ana.messages.locator(".actions").evaluate_all(GAPS)
    assert gaps
    assert all(before < after for before, after in gaps), gaps


@pytest.mark.parametrize("path", ["/", "/gallery"])
def test_headings_regions_and_links_are_usable_without_eyes_or_mouse(open_window, site, path):
    window = open_window(site.rstrip("/") + path)
    expect(window.get_by_role("heading", level=1)).to_be_visible()
    expect(window.get_by_role("article").first).to_be_visible()
    assert window.evaluate(HARD_TO_USE) == []
