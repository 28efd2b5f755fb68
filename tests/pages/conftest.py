"""Page tests go through app.py, on a fresh data folder, with stand-in models, and leave no cache behind."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st  # noqa: TID251
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.corpus.outcomes import Upload
from pages.ui import services

APP = Path(__file__).resolve().parents[2] / "app.py"
WAIT_S = 30.0


@pytest.fixture(autouse=True)
def fresh_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A data folder and caches of this test's own; clearing the caches closes the lab."""
    monkeypatch.setenv("OPENBOOK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("OPENBOOK_FAKE_MODELS", "true")
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    jobs = (services.ingest_job, services.apply_job, services.live_job)
    for job in (*(last("default") for last in jobs), services.fetch_job()):
        if job is not None:
            job.stop()
            job.wait(WAIT_S)
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def open_page() -> Callable[[str], AppTest]:
    """Opens a screen by its short name, as someone who came in through the door."""

    def opened(name: str = "start") -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=WAIT_S).run()
        assert not app.exception, app.exception
        if name != "start":
            app.switch_page(f"pages/{name}.py").run()
        assert not app.exception, app.exception
        return app

    return opened


@pytest.fixture
def indexed() -> Callable[..., None]:
    """Reads texts into the default workspace before a screen is opened: name -> text."""

    def ingest(**texts: str) -> None:
        house = services.lab()
        uploads = [Upload(f"{name}.md", text.encode()) for name, text in texts.items()]
        for _ in house.ingest("default", uploads, house.workspace("default").chunking, stopped=lambda: False):
            pass
        services.versions().changed("default")

    return ingest


@pytest.fixture
def until_over() -> Callable[..., AppTest]:
    """Waits for a background job as the polling page does, then runs the page again."""

    def waited(app: AppTest, job_name: str = "ingest:default") -> AppTest:
        job = services.jobs().get(job_name)
        assert job is not None, f"no job {job_name} was started"
        assert job.wait(WAIT_S), f"{job_name} did not end within {WAIT_S} s"
        app.run()
        assert not app.exception, app.exception
        return app

    return waited


@pytest.fixture
def until_answered() -> Callable[[AppTest], AppTest]:
    """Runs the Ask screen until the answer on it is whole."""

    def waited(app: AppTest) -> AppTest:
        ends = time.monotonic() + WAIT_S
        while any(button.key == "ask.stop" for button in app.button):
            assert time.monotonic() < ends, "the answer never came"
            time.sleep(0.05)
            app.run()
        assert not app.exception, app.exception
        return app

    return waited
