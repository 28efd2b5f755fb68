"""On a phone, 390 px wide, nothing has to be scrolled sideways; neither in light nor in dark is text lost."""

import pytest

from pages.ui.screens import SCREENS

NAMES = [screen.file.removeprefix("pages/").removesuffix(".py") for screen in SCREENS]
OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  const main = document.querySelector('[data-testid=stMain]');
  const scrolls = (element) => {
    for (let up = element; up && up !== main; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (['auto', 'scroll', 'hidden', 'clip'].includes(style.overflowX)) return true;
    }
    return false;
  };
  return [...main.querySelectorAll('*')]
    .filter((element) => element.getBoundingClientRect().right > wide + 1 && element.offsetParent && !scrolls(element))
    .map((element) => element.outerHTML.slice(0, 160));
}"""


@pytest.mark.parametrize("name", NAMES)
def test_no_screen_scrolls_sideways_on_a_phone(loaded_server, page, screen, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    screen.open(loaded_server, name)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth - element.clientWidth") <= 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 1
    assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_text_stands_out_from_its_ground_in_both_themes(loaded_server, page, screen, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    screen.open(loaded_server, name)
    ratio = page.evaluate(CONTRAST)
    assert ratio >= 7, f"title on ground: {ratio:.1f}, at least 7 is wanted"


CONTRAST = """() => {
  const parts = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const light = (colour) => {
    const linear = (c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = parts(colour).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const text = light(getComputedStyle(document.querySelector('h1')).color);
  const ground = light(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor);
  return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
}"""
