import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from vae.training.curves import plot_curves

ROWS = [
    {"epoch": 1.0, "step": 7.0, "train_loss": 5.0, "val_kl": 2.0, "val_objective": 30.0, "val_active_units": 3.0},
    {"epoch": 2.0, "step": 14.0, "train_loss": 4.0, "val_kl": 1.0, "val_objective": 20.0, "val_reconstruction": 19.0},
]


@pytest.fixture
def figures(monkeypatch):
    """Collects the figures that are saved."""
    saved, original = [], Figure.savefig

    def savefig(self, *args, **options):
        saved.append(self)
        return original(self, *args, **options)

    monkeypatch.setattr(Figure, "savefig", savefig)
    return saved


def test_each_value_is_drawn_against_the_steps_that_logged_it(figures, tmp_path):
    plot_curves(ROWS, tmp_path / "curves.png", best_step=14)
    shown = [line for axes in figures[0].axes for line in axes.lines]
    lines = {line.get_label(): line.get_xydata().tolist() for line in shown if line.get_label() != "best step"}
    assert lines == {
        "training loss": [[7, 5], [14, 4]],
        "rebuilding": [[14, 19]],
        "latent (KL)": [[7, 2], [14, 1]],
        "objective": [[7, 30], [14, 20]],
        "active units": [[7, 3]],
    }
    marks = [line.get_xdata()[0] for line in shown if line.get_label() == "best step"]
    assert marks == [14, 14, 14]
    assert imread(tmp_path / "curves.png").ndim == 3


def test_each_panel_has_a_message_and_begins_at_zero(figures, tmp_path):
    plot_curves(ROWS, tmp_path / "curves.png", best_step=7)
    assert [axes.get_title() for axes in figures[0].axes] == [
        "Training loss went from 5.00 to 4.00",
        "The weights of step 7 are kept",
        "3 units carry the texts",
    ]
    assert [axes.get_ylim()[0] for axes in figures[0].axes] == [0, 0, 0]


def test_the_same_values_give_the_same_bytes(tmp_path):
    for name in ("first.png", "second.png"):
        plot_curves(ROWS, tmp_path / name, best_step=14)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
