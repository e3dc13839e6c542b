import contextlib
import dataclasses
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.filters.copy import Copy
from pipelines.filters.drift import Drift
from pipelines.filters.engine import judge, load_rules, settings_of
from pipelines.filters.rule import Candidate

NAMES = [
    "length_ratio",
    "repetition",
    "loop",
    "copy",
    "drift",
    "sibling",
    "characters",
    "unfinished",
    "protected_tokens",
    "banned_words",
    "required_words",
]


@pytest.fixture
def rules_file(tmp_path):
    def write(content: str | bytes) -> str:
        path = tmp_path / "rules.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def error_of(path: str) -> str:
    with pytest.raises(UserError) as caught:
        load_rules(path)
    message = str(caught.value)
    assert message.startswith(path)
    assert "\n" not in message
    return message.removeprefix(path)


def test_all_rules_stand_in_a_fixed_order():
    assert [rule.name for rule in load_rules()] == NAMES


def test_the_defaults_of_the_file_are_the_defaults_of_the_rules():
    assert load_rules() == tuple(type(rule)() for rule in load_rules())


def test_the_default_file_writes_out_every_threshold():
    written = {name: list(thresholds) for name, thresholds in settings_of(load_rules()).items()}
    assert written == {rule.name: [field.name for field in dataclasses.fields(rule)] for rule in load_rules()}


def test_a_file_changes_only_what_it_names(rules_file):
    path = rules_file("drift:\n  maximum: 0.5\nbanned_words:\n  words: [damn, lorem ipsum]\ncopy:\nloop: on\n")
    expected = settings_of(load_rules())
    expected["drift"] = {"maximum": 0.5}
    expected["banned_words"] = {"words": ["damn", "lorem ipsum"]}
    assert settings_of(load_rules(path)) == expected


def test_one_threshold_of_two_leaves_the_other(rules_file):
    assert settings_of(load_rules(rules_file("length_ratio: {minimum: 0.8}")))["length_ratio"] == {
        "minimum": 0.8,
        "maximum": 1.6,
    }


@pytest.mark.parametrize("off", ["off", "false"])
def test_a_rule_is_switched_off(rules_file, off):
    rules = load_rules(rules_file(f"sibling: {off}"))
    assert [rule.name for rule in rules] == [name for name in NAMES if name != "sibling"]


@pytest.mark.parametrize("content", ["", "# nothing yet\n"])
def test_an_empty_file_changes_nothing(rules_file, content):
    assert load_rules(rules_file(content)) == load_rules()


def test_the_order_of_a_file_does_not_matter(rules_file):
    path = rules_file("required_words: {words: [a]}\nlength_ratio: {minimum: 0.5}")
    assert [rule.name for rule in load_rules(path)] == NAMES


def test_settings_are_plain_data_and_a_rules_file_for_the_same_rules(rules_file):
    rules = load_rules(rules_file("sibling: off\ndrift: {maximum: 1}\nbanned_words: {words: [damn]}"))
    plain = settings_of(rules)
    assert (plain["sibling"], plain["drift"], list(plain)) == (False, {"maximum": 1.0}, NAMES)
    assert json.loads(json.dumps(plain)) == plain
    assert load_rules(rules_file(yaml.safe_dump(plain))) == rules


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("dirft: {maximum: 0.5}", ": there is no rule 'dirft'; the rules are " + ", ".join(NAMES)),
        ("length_ratio: {max: 2}", ": length_ratio: there is no threshold 'max'; it has minimum, maximum"),
        ("drift: 0.5", ": drift: expected thresholds, such as {maximum: 0.65}, or off, not 0.5"),
        ("drift: {maximum: high}", ": drift: maximum: expected a number of 0 or more, such as 0.65, not 'high'"),
        ("drift: {maximum: yes}", ": drift: maximum: expected a number of 0 or more, such as 0.65, not True"),
        ("drift: {maximum: -1}", ": drift: maximum: expected a number of 0 or more, such as 0.65, not -1"),
        ("drift: {maximum: .nan}", ": drift: maximum: expected a number of 0 or more, such as 0.65, not nan"),
        ("drift: {maximum: .inf}", ": drift: maximum: expected a number of 0 or more, such as 0.65, not inf"),
        ("drift: {maximum: }", ": drift: maximum: expected a number of 0 or more, such as 0.65, not None"),
        (
            "banned_words: {words: damn}",
            ": banned_words: words: expected a list of words, such as [lorem, 'no'], not 'damn'",
        ),
        (
            "banned_words: {words: [no]}",
            ": banned_words: words: expected a list of words, such as [lorem, 'no'], not [False]",
        ),
        (
            "required_words: {words: [' ']}",
            ": required_words: words: expected a list of words, such as [lorem, 'no'], not [' ']",
        ),
        ("- drift", ": expected one entry a rule, such as `drift: {maximum: 0.5}` or `sibling: off`"),
    ],
)
def test_a_mistake_names_the_file_the_key_and_what_exists(rules_file, content, told):
    assert error_of(rules_file(content)) == told


@pytest.mark.parametrize("content", ["drift: {maximum: 0.5", "drift: 2023-13-45", b"drift: \xff", "a: b: c"])
def test_broken_yaml_is_told_as_such(rules_file, content):
    assert error_of(rules_file(content)).startswith(": not valid YAML, mend it: ")


def test_a_missing_file_is_told_with_the_remedy(tmp_path):
    message = error_of(str(tmp_path / "absent.yaml"))
    assert message.startswith(": the rules cannot be read: ")
    assert message.endswith("; name a YAML file that exists")


def test_an_unknown_filesystem_is_told_the_same_way():
    assert error_of("nowhere://rules.yaml").startswith(": the rules cannot be read: ")


def test_every_rule_is_evaluated_so_that_a_reject_lists_every_reason():
    candidate = Candidate(source="The post took 5 years.", text="No no no ⁇", change=0.9)
    judgements = judge(candidate, load_rules())
    assert [judgement.rule for judgement in judgements] == NAMES
    assert [judgement.rule for judgement in judgements if not judgement.kept] == [
        "loop",
        "drift",
        "characters",
        "unfinished",
        "protected_tokens",
    ]


def test_only_the_given_rules_judge_in_the_given_order():
    candidate = Candidate(source="a", text="a", change=0.0)
    assert [judgement.rule for judgement in judge(candidate, [Drift(), Copy()])] == ["drift", "copy"]


texts = st.text(st.characters()) | st.text(alphabet="ab1.⁇<num> \n$", max_size=60)


@given(
    source=texts,
    text=texts,
    change=st.floats(0, 1),
    accepted=st.lists(texts, max_size=3).map(tuple),
)
def test_no_text_makes_a_rule_fail_and_every_verdict_agrees_with_its_value(source, text, change, accepted):
    defaults = {**settings_of(load_rules()), "banned_words": {"words": ["a", "$"]}, "required_words": {"words": ["b"]}}
    candidate = Candidate(source=source, text=text, change=change, accepted=accepted)
    rules = [type(rule)(**_fields(defaults[rule.name])) for rule in load_rules()]
    for judgement in judge(candidate, rules):
        bounds = defaults[judgement.rule]
        within = bounds.get("minimum", 0) <= judgement.value <= bounds.get("maximum", 1 if "minimum" in bounds else 0)
        assert judgement.kept == within
        assert judgement.threshold in {bounds.get("minimum"), bounds.get("maximum"), 0.0}
        assert bool(judgement.reason) != judgement.kept


@settings(max_examples=50)
@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode(errors="replace")))
def test_any_file_gives_rules_or_a_users_error(tmp_path_factory, content):
    path = Path(tmp_path_factory.getbasetemp()) / "any.yaml"
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        assert len(load_rules(str(path))) <= len(NAMES)


def _fields(thresholds: dict) -> dict:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in thresholds.items()}
