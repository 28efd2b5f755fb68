"""Which screens there are: file, title, icon, group and one line of what each answers."""

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from lib.settings import APP_DIR


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen of the lab."""

    file: str
    title: str
    icon: str
    group: str
    answers: str

    @property
    def there(self) -> bool:
        """Whether its file is there."""
        return (APP_DIR / self.file).is_file()


SCREENS = (
    Screen("pages/start.py", "Start", ":material/auto_stories:", "", "What is this, and what do I click?"),
    Screen("pages/documents.py", "Documents", ":material/folder_open:", "Material", "What was read?"),
    Screen("pages/chunks.py", "Chunks", ":material/content_cut:", "Material", "How is it cut?"),
    Screen("pages/retrieve.py", "Retrieve", ":material/search:", "Explore", "What is found for a question?"),
    Screen("pages/ask.py", "Ask", ":material/chat:", "Explore", "What is answered, and from what?"),
    Screen("pages/compare.py", "Compare", ":material/compare:", "Explore", "What difference does the approach make?"),
    Screen("pages/evaluate.py", "Evaluate", ":material/monitoring:", "Measure", "How good is it, and why wrong?"),
    Screen("pages/fine_tune.py", "Fine-tune", ":material/model_training:", "Measure", "Can training mend it?"),
    Screen("pages/runs.py", "Runs", ":material/history:", "Measure", "What happened, and would it again?"),
    Screen("pages/decide.py", "Decide", ":material/alt_route:", "Decide", "Which failure are we fixing, with what?"),
    Screen("pages/models.py", "Models", ":material/memory:", "Room", "Which model answers?"),
)


def navigation() -> StreamlitPage:
    """Register all screens that are there; returns the one that was asked for."""
    groups: dict[str, list[StreamlitPage]] = {}
    for screen in SCREENS:
        if screen.there:
            groups.setdefault(screen.group, []).append(_page(screen))
    groups[""].append(st.Page(_to_start, title="Start", url_path="start", visibility="hidden"))
    return st.navigation(groups)


def screen(name: str) -> Screen:
    """The screen of that short name, such as "ask"."""
    return next(screen for screen in SCREENS if screen.file == f"pages/{name}.py")


def _page(screen: Screen) -> StreamlitPage:
    default = not screen.group
    # The first screen answers at "/"; its own name is kept free for the page that sends "/start" there.
    return st.Page(
        screen.file,
        title=screen.title,
        icon=screen.icon,
        url_path="" if default else None,
        default=default,
        help=screen.answers,
    )


def _to_start() -> None:
    st.switch_page(SCREENS[0].file)
