import argparse

import pytest

from vae.commands.sampling_flags import add_sampling_arguments, sampling_of
from vae.errors import UserError


def sampling(*flags):
    parser = argparse.ArgumentParser()
    add_sampling_arguments(parser)
    return sampling_of(parser.parse_args(flags))


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("--radius 0.8", "--radius does nothing without --near-text"),
        ("--partners latents", "--partners does nothing without --strategy interpolate or attribute"),
        ("--partner a --strategy attribute", "--partner does nothing without --strategy interpolate"),
        ("--attribute tea", "--attribute does nothing without --strategy attribute"),
        ("--strength 0.5", "--strength does nothing without --strategy attribute"),
        ("--decode greedy", "--decode does nothing without --strategy prior"),
        ("--strategy prior --beams 4", "--beams does nothing without --decode beam"),
        ("--strategy prior --decode top-p --top-k 9", "--top-k does nothing without --decode top-k"),
        ("--strategy prior --decode top-k --top-p 0.5", "--top-p does nothing without --decode top-p"),
        (
            "--strategy prior --decode beam --temperature 2",
            "--temperature does nothing without --decode temperature, top-k, top-p or mbr",
        ),
        ("--strategy prior --change 0.15", "--change does nothing without a --strategy other than prior"),
        ("--strategy prior --at-least 0", "--at-least does nothing without a --strategy other than prior"),
        ("--strategy prior --vary-share 1", "--vary-share does nothing without a --strategy other than prior"),
        ("--strategy prior --keep none", "--keep does nothing without a --strategy other than prior"),
        ("--strategy prior --require tea", "--require does nothing without a --strategy other than prior"),
    ],
)
def test_a_flag_without_effect_is_an_error_even_with_its_default_value(flags, message):
    with pytest.raises(UserError, match=f"^{message}: give that, or leave {message.split()[0]} out$"):
        sampling(*flags.split())


@pytest.mark.parametrize(
    "flags",
    [
        "",
        "--near-text tea --radius 0.8",
        "--strategy interpolate --partners latents --partner a",
        "--strategy attribute --partners latents --attribute tea --strength 0.1",
        "--strategy prior --decode top-k --top-k 3 --temperature 2",
        "--strategy prior --decode beam --beams 2",
        "--change 0.3 --at-least 0 --vary-share 0.5 --keep none --require tea --ban coffee --bounds=-1,1",
    ],
)
def test_flags_that_have_an_effect_are_accepted(flags):
    assert sampling(*flags.split())
