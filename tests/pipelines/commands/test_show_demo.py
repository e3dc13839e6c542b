import pytest

from pipelines.commands.show_demo import show


@pytest.fixture
def printed(variations_folder, capsys):
    variations_folder.metrics["posts_short"] = 1

    def run():
        show(variations_folder.write(), "report.html")
        return capsys.readouterr().out

    return run


def test_a_post_stands_beside_its_two_variations_above_the_rules_and_the_counts(printed):
    text = printed()
    assert "Orchard" in text
    assert "4% changed" in text
    assert "7% changed" in text
    assert "Markup" not in text
    assert [line.split("│")[1:3] for line in text.splitlines() if "repetition" in line] == [
        [" repetition ", " 1                   "]
    ]
    assert "5 posts, 8 candidates: 5 accepted, 3 rejected; 1 posts have fewer variations than asked." in text
    assert text.rstrip().endswith("Report: report.html")


def test_without_a_post_of_two_variations_it_says_so(variations_folder, printed):
    del variations_folder.variations[0]
    assert "no post has two accepted variations" in printed()
