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
    plot_curves(ROWS, tmp_path / "curves.png")
    lines = {line.get_label(): line.get_xydata().tolist() for axes in figures[0].axes for line in axes.lines}
    assert lines == {
        "train_loss": [[7, 5], [14, 4]],
        "val_reconstruction": [[14, 19]],
        "val_kl": [[7, 2], [14, 1]],
        "val_objective": [[7, 30], [14, 20]],
        "val_active_units": [[7, 3]],
    }
    assert imread(tmp_path / "curves.png").ndim == 3


def test_the_same_values_give_the_same_bytes(tmp_path):
    for name in ("first.png", "second.png"):
        plot_curves(ROWS, tmp_path / name)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
