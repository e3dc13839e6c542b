import numpy as np
import pyarrow as pa
import pytest
from matplotlib.figure import Figure

from vae.evaluation.latent_map import LatentMap
from vae.evaluation.plots import (
    COLOURS,
    category_colours,
    plot_by_length,
    plot_calibration,
    plot_latent_map,
    plot_radius,
)
from vae.latent.calibration import Calibration

pytestmark = pytest.mark.slow

CURVE = [
    {"radius": radius, "changed": radius / 2, "bleu": 100 - 90 * radius, "self_bleu": 90.0, "cycle": 0.5}
    for radius in (0.0, 0.5, 1.0)
]
TABLES = {"neighbour": [(0.0, 0.0), (1.0, 0.6)], "posterior": [(0.0, 0.1), (1.0, 0.4)]}
QUARTERS = [
    {"pieces_up_to": end, "texts": 40, "bleu": 90.0, "bleu_sampled": 80.0, "exact_match": 0.7} for end in (16, 32)
]


def points(categories, **more):
    x, y = np.random.default_rng(0).normal(size=(2, len(categories)))
    columns = {"category": pa.array(categories, pa.string()), "x": x, "y": y, **more}
    return LatentMap(pa.table(columns), explained=0.3)


@pytest.fixture
def draw(tmp_path):
    """Returns a function that draws a picture and returns its bytes."""

    def draw(plot, *figures):
        path = tmp_path / "picture.png"
        plot(*figures, path)
        return path.read_bytes()

    return draw


@pytest.mark.parametrize(
    ("plot", "figures", "others"),
    [
        (plot_radius, (CURVE,), (CURVE[:2],)),
        (plot_calibration, (Calibration(TABLES),), (Calibration({"neighbour": TABLES["neighbour"]}),)),
        (plot_by_length, (QUARTERS,), (QUARTERS[:1],)),
        (plot_latent_map, (points(["rivers", None] * 5),), (points(["rivers", "trains"] * 5),)),
        (plot_latent_map, (points([None] * 10),), (points([None] * 9),)),
        (
            plot_latent_map,
            (points(["rivers"] * 10, umap_x=np.arange(10.0), umap_y=np.arange(10.0)),),
            (points(["rivers"] * 10),),
        ),
    ],
)
def test_the_same_figures_give_the_same_picture(plot, figures, others, draw):
    picture = draw(plot, *figures)
    assert picture.startswith(b"\x89PNG")
    assert b"Software" not in picture
    assert picture == draw(plot, *figures) != draw(plot, *others)


@pytest.mark.parametrize(
    ("plot", "figures", "titles"),
    [
        (
            *(plot_radius, CURVE),
            [
                "The meaning is kept until radius 0.3",
                "There, BLEU to the source is 73",
                "There, encoding again is 50% off",
            ],
        ),
        (plot_calibration, Calibration(TABLES), ["30% of the words change at radius 0.50 (neighbour)"]),
        (plot_by_length, QUARTERS, ["Texts of every length come back with BLEU 90 or more"]),
        (
            plot_latent_map,
            points([None] * 10),
            ["principal components", "The map shows 30% of what sets 10 texts apart"],
        ),
    ],
)
def test_each_picture_says_what_it_shows(plot, figures, titles, draw, monkeypatch):
    saved = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, path, **_: (saved.append(figure), path.write_bytes(b"")))
    draw(plot, figures)
    [figure] = saved
    told = [axes.get_title() for axes in figure.axes] + [figure.get_suptitle()]
    assert [title for title in told if title] == titles


def test_the_nine_commonest_categories_have_colours_of_their_own():
    categories = [f"c{number}" for number in range(11) for _ in range(20 - number)]
    assert category_colours([None] * 50 + categories[::-1]) == dict(
        zip([f"c{n}" for n in range(9)], COLOURS, strict=True)
    )
    assert len(set(COLOURS)) == 9


def test_equally_common_categories_are_in_alphabetical_order():
    assert list(category_colours(["trains", "rivers", None, "bread", "bread"])) == ["bread", "rivers", "trains"]
    assert category_colours([None]) == {}
