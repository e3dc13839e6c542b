import pytest
import torch
from torch import nn
from torch.nn import functional

from vae.hardware import fast_bf16
from vae.packed_linear import PackedLinear, pack_layers

pytestmark = pytest.mark.skipif(not fast_bf16("cpu"), reason="only processors that are fast with bfloat16 pack layers")


def layer(inputs, outputs):
    torch.manual_seed(0)
    return nn.Linear(inputs, outputs).bfloat16()


@torch.inference_mode()
def test_a_packed_layer_gives_the_outputs_of_the_plain_one():
    plain, rows = layer(32, 48), torch.randn(5, 7, 32).bfloat16()
    assert torch.equal(PackedLinear(plain.weight, plain.bias)(rows), plain(rows))


@torch.inference_mode()
def test_its_gelu_reads_the_product_before_it_is_rounded():
    plain, rows = layer(32, 48), torch.randn(3, 32).bfloat16()
    exact = functional.gelu(plain.float()(rows.float()), approximate="tanh")
    packed = PackedLinear(plain.weight, plain.bias, nn.GELU(approximate="tanh"))(rows)
    assert (packed.float() - exact).abs().max() <= exact.abs().max() * 2**-8


@torch.inference_mode()
def test_a_row_does_not_depend_on_the_rows_beside_it():
    plain, rows = layer(32, 48), torch.randn(500, 32)
    for gelu in (None, nn.GELU()):
        packed = PackedLinear(plain.weight, plain.bias, gelu)
        together = packed(rows)
        assert torch.equal(torch.stack([packed(row[None])[0] for row in rows[190:200]]), together[190:200])
        assert together.shape == (500, 48)


@torch.inference_mode()
def test_every_linear_layer_of_some_blocks_is_packed_with_the_gelu_behind_it():
    plain = nn.ModuleList([nn.Sequential(layer(8, 16), nn.GELU(), layer(16, 8))])
    rows = torch.randn(4, 8).bfloat16()
    before = plain[0](rows)
    pack_layers(plain)
    assert [type(each) for each in plain[0]] == [PackedLinear, nn.Identity, PackedLinear]
    torch.testing.assert_close(plain[0](rows), before, atol=0.01, rtol=0.02)
