import pytest
import torch
from safetensors.torch import load_file

from vae.model_folder import weights as module
from vae.model_folder.weights import read_weights, rounded, write_weights


@pytest.fixture
def weights():
    torch.manual_seed(0)
    return {
        "wide": torch.randn(300, 256) * torch.logspace(-3, 2, 300)[:, None],
        "nothing": torch.zeros(256, 256),
        "narrow": torch.randn(4, 3),
        "bias": torch.randn(300),
        "norm.running_mean": torch.randn(7) * 1e-3,
        "norm.num_batches_tracked": torch.tensor(1234567),
        "begins": torch.tensor([True, False, True]),
    }


def same(first, second):
    assert list(first) == list(second)
    for name, weight in first.items():
        assert weight.dtype == second[name].dtype
        assert torch.equal(weight, second[name]), name


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
def test_what_is_read_is_what_rounded_says_and_rounds_to_itself(weights, precision, tmp_path):
    (tmp_path / "made").mkdir()
    write_weights(tmp_path / "made", weights, precision)
    read = read_weights(tmp_path / "made")
    same(dict(sorted(read.items())), dict(sorted(rounded(weights, precision).items())))
    same(rounded(read, precision), read)
    assert all(not weight.is_floating_point() or weight.dtype == torch.float32 for weight in read.values())


def test_single_precision_is_exact(weights, tmp_path):
    write_weights(tmp_path, weights, "float32")
    same(dict(sorted(read_weights(tmp_path).items())), dict(sorted(weights.items())))


def test_of_8_bits_a_row_is_within_half_a_step_of_its_largest_number(weights, tmp_path):
    found = rounded(weights, "int8")
    step = weights["wide"].abs().amax(1, keepdim=True) / 127
    assert ((found["wide"] - weights["wide"]).abs() <= 0.56 * step).all()  # the scale is rounded too, to 11 bits
    assert (found["nothing"] == 0).all()
    for name in ("narrow", "bias"):
        assert torch.equal(found[name], weights[name].bfloat16().float())
    assert torch.equal(found["norm.running_mean"], weights["norm.running_mean"])


def test_files_of_8_bits_are_parts_of_a_largest_size(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PART_BYTES", 80_000)
    write_weights(tmp_path, weights, "int8")
    paths = sorted(tmp_path.iterdir())
    assert [path.name for path in paths] == [f"model-{number}.safetensors" for number in range(3)]
    assert load_file(paths[0])["wide"].dtype == torch.int8
    same(dict(sorted(read_weights(tmp_path).items())), dict(sorted(rounded(weights, "int8").items())))


def test_weights_of_another_precision_do_not_stay(weights, tmp_path):
    for precision, names in [("int8", ["model-0.safetensors"]), ("bfloat16", ["model.safetensors"])] * 2:
        write_weights(tmp_path, weights, precision)
        assert [path.name for path in tmp_path.iterdir()] == names


def test_no_file_is_no_weights(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path)
