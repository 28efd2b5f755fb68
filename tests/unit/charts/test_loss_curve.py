"""The loss of a run as a picture: both lines, the best step, where it overfits, and all of that in words."""

from lib.charts.loss_curve import loss_curve
from lib.training.values import Curve

OVERFIT = Curve(((1, 3.0), (2, 1.0), (3, 0.5), (4, 0.1)), ((1, 2.0), (2, 0.8), (3, 0.9), (4, 1.1)))


def test_the_alternative_text_says_what_the_lines_show() -> None:
    assert loss_curve(OVERFIT).alt == (
        "Loss by training step, lower is better: training from 3 at step 1 to 0.1 at step 4; validation from 2 at "
        "step 1 to 1.1 at step 4. The lowest validation loss is 0.8, at step 2. From there on it overfits: every "
        "later measurement is worse."
    )


def test_the_best_step_is_a_star_and_the_steps_that_overfit_are_shaded() -> None:
    figure = loss_curve(OVERFIT).figure
    assert list(figure.data[1].marker.symbol) == ["circle", "star", "circle", "circle"]
    assert [(shape.type, shape.x0, shape.x1) for shape in figure.layout.shapes] == [("line", 2, 2), ("rect", 2, 4)]
    assert figure.layout.annotations[0].text == "best: step 2<br>overfits from here"


def test_a_run_under_way_shows_how_far_it_is() -> None:
    figure = loss_curve(Curve(((1, 3.0),)), steps=60).figure
    assert figure.layout.xaxis.range[1] > 60
    assert not figure.layout.shapes


def test_without_a_step_the_chart_is_empty_and_says_so() -> None:
    picture = loss_curve(Curve())
    assert picture.alt == "Loss by training step: no step yet."
    assert [len(trace.x) for trace in picture.figure.data] == [0, 0]


def test_losses_far_apart_are_drawn_on_a_log_scale_and_the_axis_says_so() -> None:
    figure = loss_curve(Curve(((1, 3.0), (2, 0.01)))).figure
    assert figure.layout.yaxis.type == "log"
    assert "log scale" in figure.layout.yaxis.title.text
    assert {"0.01", "0.2", "5"} <= set(figure.layout.yaxis.ticktext)
    assert loss_curve(Curve(((1, 3.0), (2, 1.0)))).figure.layout.yaxis.type == "linear"
