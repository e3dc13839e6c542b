import pytest

from pipelines.augment.outcome import next_look, outcome

METRICS = {
    "posts": 1200,
    "posts_short": 7,
    "candidates": 4800,
    "accepted": 2300,
    "rejected": 2500,
    "rejected_by_rule": {"copy": 300, "drift": 2200, "cycle": 300},
    "change_requested": 0.25,
    "change_measured": 0.081,
}


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        (
            {},
            (
                "Accepted 2,300 of 4,800 candidates; on average 8% of their words changed, of 25% allowed. "
                "7 of 1,200 posts have fewer variations than asked. "
                "Rejected 2,500 (some by several rules): drift 2,200, copy 300, cycle 300."
            ),
        ),
        (
            {"posts_short": 0, "rejected": 2800},
            (
                "Accepted 2,300 of 4,800 candidates; on average 8% of their words changed, of 25% allowed. "
                "Rejected 2,800: drift 2,200, copy 300, cycle 300."
            ),
        ),
        (
            {"posts_short": 0, "accepted": 4800, "rejected": 0, "rejected_by_rule": {}},
            "Accepted 4,800 of 4,800 candidates; on average 8% of their words changed, of 25% allowed.",
        ),
        (
            {"posts_short": 0, "accepted": 0, "change_measured": None, "rejected": 3, "rejected_by_rule": {"copy": 3}},
            "None of 4,800 candidates was accepted. Rejected 3: copy 3.",
        ),
        (
            {"candidates": 0, "accepted": 0, "posts_short": 1200, "rejected": 0, "rejected_by_rule": {}},
            (
                "No candidate was made of 1,200 posts; rejects/ tells why. "
                "1,200 of 1,200 posts have fewer variations than asked."
            ),
        ),
    ],
)
def test_what_was_accepted_and_why_the_rest_was_not_is_told(figures, told):
    assert outcome({**METRICS, **figures}) == told


def test_a_folder_that_does_not_count_short_posts_is_told_too():
    metrics = {name: value for name, value in METRICS.items() if name != "posts_short"}
    assert "fewer" not in outcome(metrics)


def test_the_next_command_can_be_pasted():
    assert next_look("out/my variations") == (
        "read them: blogvae report --variations 'out/my variations' --output report.html"
    )
