"""The Train step of Fine-tune: dials, estimate, the training as it runs, what was made, and the adapters."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from lib.domain import ApproachName, Message
from lib.errors import BadInput, LabError
from lib.files import sha256_of
from lib.settings import ModelChoice
from lib.training.adapter_store import AdapterStore, AdapterWeights
from lib.training.set_store import TrainingSetStore
from lib.training.values import (
    Adapter,
    Curve,
    Sampled,
    Trained,
    TrainingEstimate,
    TrainingExample,
    TrainingRun,
    TrainingSet,
    TrainingSettings,
    TrainingStep,
    Validated,
)
from lib.weights import CHAT_MODEL
from pages.ui import services, tune_train_dials, tune_train_work
from tests.support.tiny_base import tiny_base

TRAIN_S = 300.0

BASE = CHAT_MODEL.files[0][1]
TICKETS = TrainingSet(
    "Our tickets",
    tuple(
        TrainingExample(
            f"t{n}", (Message("user", f"The fogger {n} whistles."), Message("assistant", '{"code":"HOWL"}'))
        )
        for n in range(8)
    ),
    (TrainingExample("v", (Message("user", "The probe is silent."), Message("assistant", '{"code":"HUSH"}'))),),
    (TrainingExample("h", (Message("user", "No light anywhere."), Message("assistant", '{"code":"DARK"}'))),),
)
EVENTS = (
    TrainingStep(1, 4, 1.0, 2.0, 300, 350.0, 1.0, 3.0),
    Validated(1, 1.5, True),
    Sampled(1, "The probe is silent.", '{"code":"HUSH"}', "I am <b>sorry</b>"),
    TrainingStep(2, 4, 2.0, 1.0, 300, 350.0, 2.0, 2.0),
    Validated(2, 0.5, True),
    Sampled(2, "The probe is silent.", '{"code":"HUSH"}', '{"code":"HUSH"}'),
)
OVER = (
    *EVENTS,
    TrainingStep(3, 4, 3.0, 0.5, 300, 350.0, 3.0, 1.0),
    Validated(3, 0.6, False),
    TrainingStep(4, 4, 4.0, 0.2, 300, 350.0, 4.0, 0.0),
    Validated(4, 0.7, False),
    Trained(4, 2, 154.0, "finished"),
)


@dataclass
class StandIn:
    """What trains in these tests: nothing, but it says what it was asked, and stands as it is told to."""

    data: Path
    run: TrainingRun | None = None
    cut_off: tuple[str, ...] = ()
    refusal: LabError | None = None
    estimated: list[TrainingSettings] = field(default_factory=list)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    started: list[tuple[str, str, TrainingSettings]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sets = TrainingSetStore(self.data)
        self.adapters = AdapterStore(self.data)

    def estimate(self, _workspace_id: str, _set: TrainingSet, settings: TrainingSettings) -> TrainingEstimate:
        self.estimated.append(settings)
        if self.refusal:
            raise self.refusal
        seconds = min(40.0 * settings.epochs, settings.time_budget_s or 1e9)
        return TrainingEstimate(seconds, 2_300_000_000, 12_000, 15 * settings.epochs, measured=True)

    def forget_estimate(self, workspace_id: str, training_set: TrainingSet, _settings: TrainingSettings) -> None:
        self.asked.append(("measure again", workspace_id, training_set.name))

    def start(self, _workspace_id: str, training_set: TrainingSet, name: str, settings: TrainingSettings) -> None:
        self.started.append((training_set.name, name, settings))
        self.run = TrainingRun(name, training_set.name, settings, "loading")

    def state(self, _workspace_id: str) -> TrainingRun | None:
        return self.run

    def stop(self, workspace_id: str) -> None:
        self.asked.append(("stop", workspace_id))

    def unfinished(self, _workspace_id: str) -> tuple[str, ...]:
        return self.cut_off

    def resume(self, workspace_id: str, name: str) -> None:
        self.asked.append(("resume", workspace_id, name))
        self.cut_off = ()

    def forget(self, workspace_id: str, name: str) -> None:
        self.asked.append(("forget", workspace_id, name))
        self.cut_off, self.run = (), None


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """A stand-in for what trains, over real stores of sets and adapters."""
    stand_in = StandIn(tmp_path / "data")
    monkeypatch.setattr(tune_train_work, "tuning", lambda: stand_in)
    return stand_in


@pytest.fixture
def open_train(open_page: Callable) -> Callable:
    """Opens Fine-tune at its Train step."""

    def opened():
        app = open_page("fine_tune")
        app.segmented_control(key="fine_tune.view").set_value("Train").run()
        assert not app.exception, app.exception
        return app

    return opened


def said(app) -> str:
    kinds = ("markdown", "caption", "success", "error", "subheader")
    return " ".join(element.value.replace("\\", "") for kind in kinds for element in app.get(kind))


def keys(app) -> set[str]:
    return {button.key for button in app.button}


def adapter(name: str, *, base: str = BASE) -> Adapter:
    settings = TrainingSettings(rank=8)
    made = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    curve = Curve(((1, 2.0), (2, 1.0)), ((1, 1.5), (2, 0.5)))
    return Adapter(name, "tiny", base, settings, "Our tickets", "ab" * 32, 8, made, 154.0, 2, 4, "Answer.", "", curve)


def keep(trainer: StandIn, name: str, *, base: str = BASE) -> Adapter:
    return trainer.adapters.keep(
        "default", adapter(name, base=base), AdapterWeights(b"weights", b"GGUF " + name.encode())
    )


def test_without_a_set_the_way_to_one_is_offered(open_train, trainer) -> None:
    app = open_train()
    assert "Nothing to learn from yet" in said(app)
    assert "tune.start" not in keys(app)


def test_a_step_measured_on_a_busy_machine_can_be_measured_again(open_train, trainer) -> None:
    trainer.sets.keep("default", TICKETS)
    app = open_train()
    before = len(trainer.estimated)
    app.button(key="tune.measure_again").click().run()
    assert trainer.asked == [("measure again", "default", TICKETS.name)]
    assert len(trainer.estimated) == before + 2
    assert "from a step measured on this machine" in said(app)


def test_minutes_and_memory_are_said_before_the_button_and_follow_the_dials(open_train, trainer) -> None:
    trainer.sets.keep("default", TICKETS)
    app = open_train()
    app.select_slider(key="tune.dial.epochs").set_value(4).run()
    assert "About 3 min" in said(app)
    assert "2.3 GB of memory" in said(app)
    assert "from a step measured on this machine" in said(app)
    app.select_slider(key="tune.dial.epochs").set_value(8).run()
    assert "About 5 min" in said(app)
    assert "120 steps" in said(app)
    assert trainer.estimated[-1].epochs == 8
    assert "time budget ends it early" not in said(app)
    app.select_slider(key="tune.dial.time_budget_s").set_value(120).run()
    assert "About 2 min" in said(app)
    assert "The time budget ends it early: all epochs would take about 5 min" in said(app)


def test_what_is_dialled_is_what_is_trained(open_train, trainer) -> None:
    trainer.sets.keep("default", TICKETS)
    app = open_train()
    app.select_slider(key="tune.dial.rank").set_value(4).run()
    app.select_slider(key="tune.dial.time_budget_s").set_value(60).run()
    app.button(key="tune.start").click().run()
    expected = replace(TrainingSettings(), rank=4, alpha=8, time_budget_s=60.0)
    assert trainer.started == [("Our tickets", "our-tickets", expected)]


def test_the_dials_stay_as_they_were_when_the_page_is_left_and_go_back_at_a_click(open_train, trainer) -> None:
    trainer.sets.keep("default", TICKETS)
    app = open_train()
    app.select_slider(key="tune.dial.epochs").set_value(2).run()
    app.switch_page("pages/models.py").run()
    app.switch_page("pages/fine_tune.py").run()
    assert app.select_slider(key="tune.dial.epochs").value == 2
    app.button(key="tune.defaults").click().run()
    assert app.select_slider(key="tune.dial.epochs").value == TrainingSettings().epochs


def test_a_set_that_cannot_be_trained_says_why_and_the_button_is_off(open_train, trainer) -> None:
    trainer.sets.keep("default", TICKETS)
    trainer.refusal = BadInput("The example t3 has 700 tokens; the window has 512.", hint="Shorten it.")
    app = open_train()
    assert "The example t3 has 700 tokens" in said(app)
    assert app.button(key="tune.start").disabled


@pytest.mark.parametrize("name", ["", "two words", "../up", "con", "reader", "tickets/one"])
def test_a_name_that_cannot_be_is_refused_before_training(open_train, trainer, name: str) -> None:
    trainer.sets.keep("default", TICKETS)
    app = open_train()
    app.text_input(key="tune.name.Our tickets").set_value(name).run()
    assert app.button(key="tune.start").disabled
    assert "cannot name an adapter" in said(app) or "comes with the app" in said(app)


def test_replacing_an_adapter_is_said(open_train, trainer) -> None:
    trainer.sets.keep("default", TICKETS)
    keep(trainer, "our-tickets")
    app = open_train()
    assert "There is an adapter **our-tickets** already" in said(app)
    assert not app.button(key="tune.start").disabled


def test_a_running_training_shows_how_far_it_is_what_it_writes_and_stops_at_a_click(open_train, trainer) -> None:
    trainer.run = TrainingRun("tickets", "Our tickets", TrainingSettings(epochs=4), "training", EVENTS)
    app = open_train()
    assert "Step 2 of 4 · epoch 2.0 of 4 · 350 tokens/s · about 2 s left" in app.get("progress")[0].proto.text
    assert "validation loss **0.500** at step 2 (the best so far)" in said(app)
    written = " ".join(element.proto.body for element in app.get("html"))
    assert "I am &lt;b&gt;sorry&lt;/b&gt;" in written
    assert written.count("✓") == 1
    [chart] = app.get("plotly_chart")
    assert "lowest validation loss is 0.5, at step 2" in chart.proto.alt
    assert "tune.start" not in keys(app)
    app.button(key="tune.stop").click().run()
    assert trainer.asked == [("stop", "default")]
    assert "Stopping after the step under way" in said(app)


def test_a_set_that_the_health_check_refuses_is_not_trained_but_mended(open_train, trainer) -> None:
    trainer.sets.keep("default", replace(TICKETS, train=TICKETS.train[:1]))
    app = open_train()
    assert "tune.start" not in keys(app)
    assert trainer.estimated == []
    assert app.get("error")
    app.button(key="tune.look").click().run()
    assert app.segmented_control(key="fine_tune.view").value == "Training set"
    assert app.segmented_control(key="tune.set.part").value == "health"


def test_the_chooser_offers_adapters_that_fit_the_model_and_keeps_the_choice(trainer) -> None:
    keep(trainer, "tickets")
    keep(trainer, "foreign", base="cd" * 32)

    def chooser() -> None:
        from pages.ui import adapter_choice, state

        adapter_choice.draw(state.workspace(), "try")

    app = AppTest.from_function(chooser, default_timeout=30).run()
    [box] = app.selectbox
    assert box.options == ["No adapter", "tickets"]
    box.set_value("tickets").run()
    assert services.lab().workspace("default").adapter == "tickets"


def test_without_an_adapter_the_chooser_leads_to_where_they_come_from(open_page, trainer) -> None:
    app = open_page("ask")
    app.segmented_control(key="ask.approach").set_value(ApproachName.HYBRID).run()
    assert "Built-in reader: train one of your own" in {link.proto.label for link in app.get("page_link")}


def test_someone_who_comes_back_later_sees_the_training_that_still_runs(open_train, open_page, trainer) -> None:
    trainer.sets.keep("default", TICKETS)
    open_train().button(key="tune.start").click().run()
    trainer.run = replace(trainer.run, phase="training", events=EVENTS)
    again = open_train()
    assert "Training our-tickets" in said(again)
    assert "tune.stop" in keys(again)


def test_what_was_made_is_said_with_the_step_kept_and_why(open_train, trainer) -> None:
    trainer.run = TrainingRun("tickets", "Our tickets", TrainingSettings(), "finished", OVER)
    app = open_train()
    assert "4 steps in 3 min; the weights of step 2 were kept (validation loss 0.500)" in said(app)
    assert "only learnt the examples by heart" in said(app)
    assert "overfits" in app.get("plotly_chart")[0].proto.alt
    app.button(key="tune.result.away").click().run()
    assert "the weights of step 2" not in said(app)


def test_ask_it_now_makes_it_the_workspaces_adapter_and_asks_what_it_has_not_seen(open_train, trainer) -> None:
    trainer.sets.keep("default", TICKETS)
    keep(trainer, "tickets")
    services.lab().keep(replace(services.lab().workspace("default"), model=ModelChoice("endpoint", "gpt", "http://x")))
    trainer.run = TrainingRun("tickets", "Our tickets", TrainingSettings(), "finished", OVER)
    app = open_train()
    app.button(key="tune.result.ask").click().run()
    kept = services.lab().workspace("default")
    assert (kept.adapter, kept.question) == ("tickets", "No light anywhere.")
    assert kept.model == ModelChoice("built-in", "gpt", "http://x")
    assert app.session_state["held.ask.approach"] == ApproachName.FINE_TUNED


def test_a_failed_training_says_what_happened_and_the_way_out(open_train, trainer) -> None:
    trainer.run = TrainingRun(
        "tickets", "Our tickets", TrainingSettings(), "failed", EVENTS, "The loss is nan at step 3.", "Lower the rate."
    )
    app = open_train()
    assert "The loss is nan at step 3." in said(app)
    assert "Lower the rate." in said(app)
    assert "The training of tickets ended without an adapter" in said(app)
    assert "is ready" not in said(app)


def test_a_training_that_was_cut_off_can_be_resumed_or_given_up(open_train, trainer) -> None:
    trainer.cut_off = ("tickets",)
    app = open_train()
    assert "The training of tickets was cut off" in said(app)
    app.button(key="tune.resume.tickets").click().run()
    trainer.cut_off = ("tickets",)
    app.run()
    app.button(key="tune.discard.tickets").click().run()
    assert trainer.asked == [("resume", "default", "tickets"), ("forget", "default", "tickets")]


def test_an_adapter_is_chosen_used_no_more_and_deleted_after_a_question(open_train, trainer) -> None:
    keep(trainer, "tickets")
    app = open_train()
    assert "from Our tickets, 8 examples · rank 8 · 21 Nov 2026, 09:30 UTC" in said(app)
    app.button(key="tune.use.tickets").click().run()
    assert services.lab().workspace("default").adapter == "tickets"
    assert "tune.use.tickets" not in keys(app)
    app.button(key="tune.delete.tickets.yes").click().run()
    assert trainer.adapters.names("default") == ()
    assert services.lab().workspace("default").adapter == ""
    assert "None yet" in said(app)


def test_an_adapter_shows_everything_that_produced_it(open_train, trainer) -> None:
    kept = keep(trainer, "tickets")
    app = open_train()
    table = app.table[0].value.to_string().replace("\\", "")
    for fact in ("the built-in SmolLM2 135M", "4 steps in 3 min", "step 2, validation loss 0.500", kept.gguf_sha256):
        assert fact in table
    assert kept.gguf_sha256 == sha256_of(b"GGUF tickets")


def test_adapters_of_another_base_and_damaged_ones_cannot_be_used_and_say_why(open_train, trainer) -> None:
    keep(trainer, "foreign", base="cd" * 32)
    damaged = keep(trainer, "damaged")
    trainer.adapters.paths("default", damaged)[1].write_bytes(b"other")
    lost = keep(trainer, "lost")
    trainer.adapters.paths("default", lost)[1].unlink()
    (trainer.data / "workspaces/default/adapters/broken").mkdir()
    (trainer.data / "workspaces/default/adapters/broken/adapter.json").write_text("{")
    app = open_train()
    assert not {key for key in keys(app) if key and key.startswith("tune.use.")}
    assert "Made for another base (tiny), which is not in the models folder" in said(app)
    assert "holds other bytes than were saved" in said(app)
    assert "has lost its file adapter.gguf" in said(app)
    assert "cannot be read" in said(app)
    assert {"tune.delete.broken.yes", "tune.delete.lost.yes"} <= keys(app)


def test_a_training_from_the_button_to_the_adapter_in_a_process_of_its_own(
    open_page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = tiny_base(tmp_path / "base")
    monkeypatch.setattr(tune_train_dials, "other_bases", lambda: (str(tiny),))
    tuning = services.lab().tuning
    tuning.sets.keep("default", TICKETS)
    app = open_page("fine_tune")
    app.session_state["held.tune.settings"] = replace(TrainingSettings(), rank=4, base=str(tiny))
    app.segmented_control(key="fine_tune.view").set_value("Train").run()
    assert services.jobs().get("tune.estimate:default").wait(TRAIN_S)
    app.run()
    assert "from a step measured on this machine" in said(app)
    app.button(key="tune.start").click().run()
    assert tuning.wait("default", timeout_s=TRAIN_S)
    app.run()
    assert not app.exception, app.exception
    assert "**our-tickets** is ready. 12 steps" in said(app)
    made = tuning.adapters.load("default", "our-tickets")
    assert (made.settings.rank, made.base_sha256) == (4, sha256_of(tiny.read_bytes()))
    assert "Made for another base" in said(app)
