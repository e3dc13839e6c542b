import argparse
import json

import pytest

from vae.commands.sampling_flags import add_sampling_arguments, sampling_of, sampling_settings
from vae.errors import UserError


def sampling(*flags):
    parser = argparse.ArgumentParser()
    add_sampling_arguments(parser)
    return sampling_of(parser.parse_args(flags))


def test_every_flag_reaches_its_setting():
    result = sampling(
        *("--change", "0.3", "--at-least", "0.1", "--seed", "7", "--vary-share", "0.5"),
        *("--require", "tea", "--require", "milk", "--ban", "coffee", "--label", "category=travel"),
        *("--near-text", "A cup.", "--radius", "0.8", "--bounds=-2,1.5"),
    )
    assert (result.change, result.at_least, result.seed, result.vary_share) == (0.3, 0.1, 7, 0.5)
    assert (result.required, result.decoding.banned) == (("tea", "milk"), ("coffee",))
    assert result.labels == (("category", "travel"),)
    assert (result.near_texts, result.radius, result.bounds) == (("A cup.",), 0.8, (-2.0, 1.5))


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("names,terms", {"names", "terms"}),
        (" names , urls", {"names"}),
        ("numbers,urls", set()),
        ("none", set()),
        ("", set()),
    ],
)
def test_names_and_terms_are_kept_if_named_and_placeholders_are_no_setting(value, kept):
    assert sampling("--keep", value).keep == kept


def test_decoding_has_the_settings_of_its_method():
    decoding = sampling(*"--strategy prior --decode top-k --top-k 3 --temperature 2".split()).decoding
    assert (decoding.method, decoding.top_k, decoding.temperature) == ("top-k", 3, 2.0)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--change", "1.5"), "--change 1.5: a share is between 0 and 1"),
        (("--at-least", "-0.1"), "--at-least -0.1: a share is between 0 and 1"),
        (("--vary-share", "2"), "--vary-share 2.0: a share is between 0 and 1"),
        (("--keep", "nmaes"), "--keep nmaes: it knows names, terms, numbers, urls and none; did you mean 'names'?"),
        (("--keep", "xyz"), "--keep xyz: it knows names, terms, numbers, urls and none"),
        (("--label", "travel"), "--label travel: expected TABLE=NAME, such as category=travel"),
        (("--label", "category="), "--label category=: expected TABLE=NAME, such as category=travel"),
        (("--bounds", "1"), "--bounds 1: expected two numbers, such as -2,2"),
        (("--bounds", "1,2,3"), "--bounds 1,2,3: expected two numbers, such as -2,2"),
    ],
)
def test_a_malformed_value_is_refused_with_its_flag(flags, message):
    with pytest.raises(UserError) as refused:
        sampling(*flags)
    assert str(refused.value) == message


def test_settings_are_plain_data_that_json_keeps():
    settings = sampling_settings(sampling("--keep", "terms,names", "--ban", "tea"))
    assert settings["keep"] == ["names", "terms"]
    assert "decoding" not in settings
    assert settings["decode"]["method"] == "greedy"
    assert settings["decode"]["banned"] == ["tea"]
    assert json.loads(json.dumps(settings)) == settings
