import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.report.ratings import ORIGINAL, bootstrap, rating_means

KEY = """row,post_id,variations,source_side,change
r1,orchard,ours,a,0.3
r2,orchard,theirs,b,0.2
r3,lake,ours,b,0.1
"""
COLUMNS = "row,fluent_a,publish_a,fluent_b,publish_b,same_meaning"
answers = st.lists(st.lists(st.sampled_from([0.0, 1.0, 5.0]), min_size=1, max_size=3), min_size=1, max_size=8)


@pytest.fixture
def means(tmp_path):
    """Of ratings given as lines, a file for each person."""

    def read(*people, columns=COLUMNS, key=KEY):
        (tmp_path / "form.key.csv").write_text(key)
        paths = [tmp_path / f"ratings-{number}.csv" for number in range(len(people))]
        for path, lines in zip(paths, people, strict=True):
            path.write_text("\n".join([columns, *lines, ""]), encoding="utf-8-sig")
        return rating_means([str(path) for path in paths], key=str(tmp_path / "form.key.csv"))

    return read


def figures(found):
    return {
        source: {name: (pytest.approx(each.mean), each.answers) for name, each in estimates.items()}
        for source, estimates in found.items()
    }


def test_answers_go_to_the_folder_and_to_the_posts_as_the_key_says(means):
    found = means(["r1,5,yes,2,no,3", "r2,1,no,4,yes,2", "r3,3,yes,5,yes,4"])
    assert figures(found) == {
        ORIGINAL: {"fluent": (14 / 3, 3), "publish": (1, 3)},
        "ours": {"fluent": (2.5, 2), "publish": (0.5, 2), "same_meaning": (3.5, 2), "change": (0.2, 2)},
        "theirs": {"fluent": (1, 1), "publish": (0, 1), "same_meaning": (2, 1), "change": (0.2, 1)},
    }


def test_an_open_answer_is_no_answer(means):
    found = means(["r1,5,,2,,", "r2,,,,,", "r3,,,,yes,"])
    assert figures(found) == {
        ORIGINAL: {"fluent": (5, 1), "publish": (1, 1)},
        "ours": {"fluent": (2, 1), "change": (0.2, 2)},
    }


def test_people_are_taken_together(means):
    found = means(["r1,5,yes,2,no,3"], ["r1,4,yes,4,yes,5", "r3,5,no,5,no,4"])
    assert figures(found)["ours"]["same_meaning"] == (4, 3)
    assert figures(found)[ORIGINAL]["fluent"] == (14 / 3, 3)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("r9,5,yes,2,no,3", r"ratings-0.csv, line 2: .*form.key.csv has no row 'r9'"),
        ("r1,6,yes,2,no,3", r"line 2: fluent_a is '6'; expected 1, 2, 3, 4, 5 or nothing"),
        ("r1,5,4,2,no,3", r"line 2: publish_a is '4'; expected yes, no or nothing"),
    ],
)
def test_a_row_that_the_sheet_did_not_save_is_named(means, line, told):
    with pytest.raises(UserError, match=told):
        means([line])


def test_files_of_another_kind_are_named(means, tmp_path):
    with pytest.raises(UserError, match=r"ratings-0.csv: no column fluent_b, publish_b, same_meaning"):
        means(["r1,5,yes"], columns="row,fluent_a,publish_a")
    with pytest.raises(UserError, match=r"form.key.csv: no column change, post_id, source_side, variations"):
        means(["r1,5,yes,2,no,3"], key="row\n")
    with pytest.raises(UserError, match=r"none.csv: cannot be read as CSV"):
        rating_means([str(tmp_path / "none.csv")], key=str(tmp_path / "none.csv"))


def test_the_interval_is_that_of_a_share():
    estimate = bootstrap([[0.0], [1.0]] * 200)
    assert (estimate.mean, estimate.answers) == (0.5, 400)
    assert (estimate.low, estimate.high) == (pytest.approx(0.451, abs=0.005), pytest.approx(0.549, abs=0.005))


def test_answers_alike_on_one_post_make_the_mean_no_surer():
    once, thrice = bootstrap([[0.0], [1.0]] * 20), bootstrap([[0.0] * 3, [1.0] * 3] * 20)
    assert (once.low, once.high) == (thrice.low, thrice.high)


@given(answers)
def test_the_interval_lies_within_the_answers_and_follows_from_them(by_post):
    estimate = bootstrap(by_post)
    flat = [answer for each in by_post for answer in each]
    assert min(flat) <= estimate.low <= estimate.high <= max(flat)
    assert estimate.mean == pytest.approx(sum(flat) / len(flat))
    assert estimate == bootstrap(by_post)
