import numpy as np
import pytest
import torch
from PIL import Image

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pictures(run_example, tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    done = run_example("images.py", "--output", folder, "--images", "600", "--epochs", "1")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(
    ("name", "across", "down"), [("reconstructions", 20, 6), ("samples", 20, 6), ("latent_grid", 20, 20)]
)
def test_a_picture_has_so_many_images(pictures, name, across, down):
    picture = Image.open(pictures / f"{name}.png")
    assert (picture.mode, picture.size) == ("L", (28 * across, 28 * down))
    assert np.asarray(picture).std() > 0


def test_every_other_row_of_reconstructions_is_as_drawn(pictures, example_module):
    drawn, _ = example_module("digits").draw_digits(660, seed=0)
    picture = np.asarray(Image.open(pictures / "reconstructions.png"))
    first = (255 * drawn[600:]).round().byte().numpy()
    for column in range(20):
        assert (picture[:28, 28 * column : 28 * (column + 1)] == first[column]).all()


def test_the_means_are_drawn(pictures):
    assert Image.open(pictures / "latent.png").format == "PNG"


def test_digits_follow_from_the_seed(example_module):
    draw = example_module("digits").draw_digits
    pixels, digits = draw(20, seed=3)
    assert digits.tolist() == [*range(10), *range(10)]
    assert pixels.shape == (20, 28, 28)
    assert (pixels.dtype, pixels.min(), pixels.max()) == (torch.float32, 0, 1)
    assert torch.equal(draw(20, seed=3)[0], pixels)
    assert not torch.equal(draw(20, seed=4)[0], pixels)
    assert not torch.equal(pixels[:10], pixels[10:])
