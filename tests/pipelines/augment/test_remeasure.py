import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from candidate_rows import candidate, no_more, table_of

from pipelines.augment.candidate_tables import SHORTFALL, CandidateUnit, read_candidates, write_candidates
from pipelines.augment.remeasure import remeasure_unit, rules_to_remeasure
from pipelines.errors import UserError
from pipelines.filters.all_rules import filter_settings, load_rules
from pipelines.filters.banned_words import BannedWords
from pipelines.filters.copy import Copy
from pipelines.filters.drift import Drift
from pipelines.filters.profanity import Profanity
from pipelines.filters.required_words import RequiredWords
from pipelines.filters.similarity import Similarity
from pipelines.filters.worst_sentence import WorstSentence

ROWS = [
    candidate("1", 1, "A damned cat blasts the lamp.", copy=0.2, banned_words=0.0),
    candidate("1", 2, "The cat cleans the lamp.", copy=0.3, banned_words=0.0),
    no_more("2", SHORTFALL, "no words"),
]


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("damned\nblasts\n")
    return str(path)


@pytest.fixture
def dataset(tmp_path):
    (tmp_path / "dataset/posts").mkdir(parents=True)
    posts = pa.table({"post_id": ["1", "2"], "text": ["A damned cat cleans the lamp.", "`code`"]})
    pq.write_table(posts, tmp_path / "dataset/posts/part-0.parquet")
    (tmp_path / "dataset/MANIFEST.json").write_text(json.dumps({"files": [{"path": "posts/part-0.parquet"}]}))
    return str(tmp_path / "dataset")


@pytest.fixture
def unit(tmp_path):
    write_candidates(str(tmp_path / "earlier"), "unit", table_of(*ROWS))
    return CandidateUnit(number=5, part=2, name="anew", paths=(f"{tmp_path}/earlier/.work/candidates/unit.parquet",))


def scores(unit):
    return read_candidates(unit)["scores"].to_pylist()


def test_a_list_of_words_is_looked_for_in_the_texts(unit, tmp_path):
    rules = (BannedWords(words=("cat", "the lamp")), RequiredWords(words=("blasts",)))
    stored = remeasure_unit(unit, output=str(tmp_path), rules=rules, dataset="nowhere")
    first, second, line = scores(stored)
    assert (first["banned_words"], first["required_words"]) == (2, 0)
    assert (second["banned_words"], second["required_words"]) == (2, 1)
    assert line is None
    assert (first["copy"], second["copy"]) == (0.2, 0.3)


def test_a_rule_that_looks_at_the_post_reads_it_in_the_dataset(unit, tmp_path, listed, dataset):
    """The post says damned itself."""
    stored = remeasure_unit(unit, output=str(tmp_path), rules=(Profanity(words=listed),), dataset=dataset)
    assert [each and each["profanity"] for each in scores(stored)] == [1, 0, None]


def test_a_rule_that_looks_at_the_post_needs_the_dataset(unit, tmp_path, listed):
    with pytest.raises(UserError, match="nowhere"):
        remeasure_unit(unit, output=str(tmp_path), rules=(Profanity(words=listed),), dataset=str(tmp_path / "nowhere"))


def test_sentences_are_compared_by_the_paragraphs_of_post_and_text(tmp_path, dataset):
    class Seen(WorstSentence):
        def measure(self, candidates, _model):
            seen.extend(candidates)
            return [0.8] * len(candidates)

    seen = []
    rows = [candidate("1", 1, "The cat.\n\nThe lamp.", copy=0.2), candidate("2", 1, "`kode`", copy=0.2)]
    write_candidates(str(tmp_path / "earlier"), "unit", table_of(*rows))
    unit = CandidateUnit(number=5, part=2, name="anew", paths=(f"{tmp_path}/earlier/.work/candidates/unit.parquet",))
    stored = remeasure_unit(unit, output=str(tmp_path), rules=(Seen(),), dataset=dataset)
    assert [(each.segments, each.language) for each in seen] == [
        ((("A damned cat cleans the lamp.", "The cat.\n\nThe lamp."),), "en"),
        ((("`code`", "`kode`"),), "en"),
    ]
    assert [each["worst_sentence"] for each in scores(stored)] == [0.8, 0.8]


def test_nothing_else_of_a_candidate_changes_and_it_is_done_once(unit, tmp_path):
    rules = (BannedWords(words=("cat",)),)
    stored = remeasure_unit(unit, output=str(tmp_path), rules=rules, dataset="")
    table = read_candidates(stored)
    assert table.drop_columns("scores") == read_candidates(unit).drop_columns("scores")
    path = tmp_path / ".work/candidates/anew.parquet"
    before = path.stat().st_mtime_ns
    assert remeasure_unit(unit, output=str(tmp_path), rules=rules, dataset="") == stored
    assert path.stat().st_mtime_ns == before


def test_rules_with_the_settings_of_then_need_no_measuring():
    rules = load_rules()
    assert rules_to_remeasure(rules, filter_settings(rules)) == []


def test_thresholds_need_no_measuring():
    assert rules_to_remeasure([Drift(maximum=0.1)], filter_settings([Drift()])) == []


def test_other_words_and_the_words_of_a_file_do(listed):
    banned, profanity = BannedWords(words=("cat",)), Profanity(words=listed)
    then = filter_settings([BannedWords(words=("dog",)), profanity])
    assert rules_to_remeasure([Copy(), banned, profanity], {**then, "copy": {"minimum": 0.1}}) == [banned, profanity]
    assert rules_to_remeasure([banned], filter_settings([])) == [banned]


def test_what_compares_sentences_is_measured_where_it_was_not_or_by_another_encoder():
    rules = [Similarity(minimum=0.9), WorstSentence(minimum=0.5)]
    assert rules_to_remeasure(rules, filter_settings([])) == rules
    assert rules_to_remeasure(rules, {}) == rules
    assert rules_to_remeasure(rules, filter_settings([Similarity(), WorstSentence()])) == []
    then = filter_settings([Similarity(), WorstSentence()])
    then["similarity"]["encoder"] = "another"
    assert rules_to_remeasure(rules, then) == rules[:1]


def test_a_rule_that_was_off_then_and_needs_the_model_is_the_users_mistake():
    with pytest.raises(UserError, match="drift was off when these candidates were measured: turn it off"):
        rules_to_remeasure([Copy(), Drift()], filter_settings([Copy()]))
