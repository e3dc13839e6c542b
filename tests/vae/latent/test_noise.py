import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vae.latent.noise import normal, uniform

keys = st.lists(st.one_of(st.integers(), st.text(max_size=4)), min_size=1, max_size=4).map(tuple)


@given(keys, keys)
def test_noise_depends_on_the_key_alone(key, other):
    first = normal((2, 3), key=key)
    normal((5,), key=other)
    np.testing.assert_array_equal(normal((2, 3), key=key), first)


@given(keys, keys)
def test_another_key_gives_other_noise(key, other):
    assume(key != other)
    assert not np.array_equal(normal((4,), key=key), normal((4,), key=other))
    assert not np.array_equal(uniform(4, key=key), uniform(4, key=other))


@pytest.mark.parametrize(("key", "other"), [((1, 2), (12,)), (("a", "b"), ("ab",)), ((1,), ("1",)), ((1, 2), (2, 1))])
def test_keys_that_look_alike_give_different_noise(key, other):
    assert not np.array_equal(normal((4,), key=key), normal((4,), key=other))


def test_normal_noise_is_standard_normal():
    noise = normal((1000, 100), key=("moments",))
    assert noise.dtype == np.float32
    assert noise.mean() == pytest.approx(0.0, abs=0.02)
    assert noise.std() == pytest.approx(1.0, abs=0.02)
    assert (noise**3).mean() == pytest.approx(0.0, abs=0.05)
    assert (noise**4).mean() == pytest.approx(3.0, abs=0.1)


def test_uniform_noise_is_uniform_below_one():
    noise = uniform(100_000, key=("moments",))
    assert noise.dtype == np.float32
    assert 0 <= noise.min() < 0.001
    assert 0.999 < noise.max() < 1
    assert noise.mean() == pytest.approx(0.5, abs=0.01)
    assert noise.var() == pytest.approx(1 / 12, abs=0.002)
