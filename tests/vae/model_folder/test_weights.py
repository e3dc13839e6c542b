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


def assert_same(first, second):
    assert list(first) == list(second)
    for name, weight in first.items():
        assert weight.dtype == second[name].dtype
        assert torch.equal(weight, second[name]), name


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
def test_weights_that_are_read_are_rounded_and_rounding_them_again_changes_nothing(weights, precision, tmp_path):
    write_weights(tmp_path, weights, precision)
    read = read_weights(tmp_path)
    assert_same(dict(sorted(read.items())), dict(sorted(rounded(weights, precision).items())))
    assert_same(rounded(read, precision), read)
    assert all(not weight.is_floating_point() or weight.dtype == torch.float32 for weight in read.values())


def test_float32_is_exact(weights, tmp_path):
    write_weights(tmp_path, weights, "float32")
    assert_same(dict(sorted(read_weights(tmp_path).items())), dict(sorted(weights.items())))


def test_numbers_of_a_row_in_8_bits_are_exact_to_half_a_step(weights):
    in_8_bits = rounded(weights, "int8")
    step = weights["wide"].abs().amax(1, keepdim=True) / 127
    assert ((in_8_bits["wide"] - weights["wide"]).abs() <= 0.56 * step).all()  # the scale is rounded too, to 11 bits
    assert (in_8_bits["nothing"] == 0).all()


def test_other_weights_are_rounded_to_bfloat16_but_statistics_are_exact(weights):
    in_8_bits = rounded(weights, "int8")
    for name in ("narrow", "bias"):
        assert torch.equal(in_8_bits[name], weights[name].bfloat16().float())
    assert torch.equal(in_8_bits["norm.running_mean"], weights["norm.running_mean"])


def test_weights_in_8_bits_are_cut_into_files_of_a_largest_size(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PART_BYTES", 80_000)
    write_weights(tmp_path, weights, "int8")
    paths = sorted(tmp_path.iterdir())
    assert [path.name for path in paths] == [f"model-{number}.safetensors" for number in range(3)]
    assert load_file(paths[0])["wide"].dtype == torch.int8
    assert_same(dict(sorted(read_weights(tmp_path).items())), dict(sorted(rounded(weights, "int8").items())))


def test_weights_of_another_precision_are_deleted(weights, tmp_path):
    for precision, names in [("int8", ["model-0.safetensors"]), ("bfloat16", ["model.safetensors"])] * 2:
        write_weights(tmp_path, weights, precision)
        assert [path.name for path in tmp_path.iterdir()] == names


def test_a_folder_without_weights_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path)
