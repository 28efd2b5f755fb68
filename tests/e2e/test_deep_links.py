"""Every screen opens by its address on a server that nobody has visited yet, navigation and all."""

import pytest

from pages.ui.screens import SCREENS

NAMES = [screen.file.removeprefix("pages/").removesuffix(".py") for screen in SCREENS]
TITLES = {screen.file.removeprefix("pages/").removesuffix(".py"): screen.title for screen in SCREENS} | {
    "start": "Openbook"
}


@pytest.mark.parametrize("name", NAMES)
def test_a_cold_deep_link_shows_the_screen_with_its_navigation(app_server, page, screen, name: str) -> None:
    screen.open(app_server, name)
    assert page.locator("h1").first.inner_text() == TITLES[name]
    groups = page.get_by_test_id("stSidebarNav")
    for other in SCREENS:
        assert groups.get_by_role("link", name=other.title, exact=True).count() == 1, (
            f"{other.title} is in the navigation"
        )
    assert page.title().endswith("Openbook")
    assert page.get_by_text("Page not found").count() == 0
    assert page.get_by_test_id("stSidebar").get_by_text("This workspace").is_visible()
