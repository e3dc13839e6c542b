import pytest
import yaml

from pipelines.commands import demo
from pipelines.commands.demo import CHAIN, SAMPLE, chain_text, show
from pipelines.flags.chain_steps import CHAIN_STEPS
from pipelines.flags.demo import COMMAND
from vae.commands.command import main


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


def test_the_chain_reads_the_sample_that_ships_and_writes_below_the_folder(tmp_path):
    steps = yaml.safe_load(chain_text(tmp_path, limit=3))
    assert steps.pop("folder") == str(tmp_path)
    assert [step.name for step in CHAIN_STEPS if step.name in steps] == list(steps)
    assert all(path.startswith(f"{SAMPLE}/") for path in steps["prepare"]["input"])
    assert steps["augment"]["limit"] == 3


def test_the_demo_runs_its_chain_and_shows_what_came_out(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(demo.chain, "run", lambda args: calls.append(args.config))
    monkeypatch.setattr(demo, "show", lambda *paths: calls.append(paths))
    folder = tmp_path / "a demo"
    for _ in range(2):  # the second run finds its own folder
        assert main(COMMAND, [f"--output={folder}"]) == 0
    assert calls[2:] == [str(folder / CHAIN), (str(folder / "variations"), str(folder / "report.html"))]
    assert (folder / CHAIN).read_text() == chain_text(folder, limit=40)


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--output=."], "--output . holds something else than a demo; name a new folder"),
        (["--output=taken"], "--output taken holds something else"),
        (["--output=gs://bucket/demo"], "the demo writes to this machine"),
        (["--limit=0"], "vary at least one post"),
    ],
)
def test_a_mistake_is_refused_before_anything_is_written(flags, says, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("words")
    assert says in refused(COMMAND, *flags)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
