"""prepare reads untidy inputs as people have them."""

import pandas as pd
from blogvae_process import manifest_of, rows_of

PARAGRAPH = "The kettle boils in the kitchen, and number {} of the lamps goes out."


def test_the_four_column_csv_gives_clean_fields(done, tmp_path):
    (tmp_path / "posts.csv").write_text(
        "post_id, title, author, content\n"
        '1, "Blog Post 1", "John Doe", "This is the content of the first blog post."\n'
        '2, "Blog Post 2", "Jane Smith", "This is the content of the second blog post."\n'
    )
    done("prepare", f"--input={tmp_path / 'posts.csv'}", f"--output={tmp_path / 'dataset'}")
    posts = rows_of(tmp_path / "dataset", "posts/")
    assert [(post["post_id"], post["title"], post["author"], post["text"]) for post in posts] == [
        ("1", "Blog Post 1", "John Doe", "This is the content of the first blog post."),
        ("2", "Blog Post 2", "Jane Smith", "This is the content of the second blog post."),
    ]


def test_broken_rows_are_rejected_with_row_and_reason_and_the_rest_goes_on(done, tmp_path):
    rows = [f'{n},Title {n},"{PARAGRAPH.format(n)}"' for n in range(1, 7)]
    rows[1] = "2,too few"
    rows[3] = '4,Title 4,"never closed'
    (tmp_path / "posts.csv").write_text("\n".join(["id,title,content", *rows]) + "\n")
    done("prepare", f"--input={tmp_path / 'posts.csv'}", f"--output={tmp_path / 'dataset'}")
    rejects = rows_of(tmp_path / "dataset", "rejects/")
    assert [(row["source"], row["position"], row["reason"]) for row in rejects] == [
        ("posts.csv", 2, "field count"),
        ("posts.csv", 4, "unclosed quote"),
    ]
    assert (rejects[0]["value"], rejects[0]["threshold"], rejects[0]["excerpt"]) == ("2", "3", "2,too few")
    assert [post["post_id"] for post in rows_of(tmp_path / "dataset", "posts/")] == ["1", "3", "5", "6"]


def test_variations_are_a_valid_input_again(chain, done, tmp_path):
    frame = pd.DataFrame(rows_of(chain.variations, "part-"))
    frame["category"], frame["tags"] = frame["category"].str.join("|"), frame["tags"].str.join("|")
    columns = ["variation_id", "title", "author", "date", "category", "tags", "text"]
    frame[columns].to_csv(tmp_path / "variations.csv", index=False)
    done("prepare", f"--input={tmp_path / 'variations.csv'}", f"--output={tmp_path / 'dataset'}", "--vocab-size=1000")
    posts, rejects = rows_of(tmp_path / "dataset", "posts/"), rows_of(tmp_path / "dataset", "rejects/")
    assert len(posts) + len(rejects) == len(frame)
    assert {row["reason"] for row in rejects} <= {"exact duplicate"}
    written = {row["variation_id"]: row for row in rows_of(chain.variations, "part-")}
    names = ("title", "author", "date", "category", "tags", "text")
    for post in posts:
        assert {name: post[name] for name in names} == {name: written[post["post_id"]][name] for name in names}


def test_clean_removes_what_an_earlier_run_left(chain, done, tmp_path):
    source, dataset, variations = tmp_path / "posts.csv", tmp_path / "dataset", tmp_path / "variations"
    prepare = ("prepare", f"--input={source}", f"--output={dataset}")
    augment = ("augment", f"--dataset={dataset}", f"--model={chain.model}", f"--output={variations}")
    source.write_text("id,content\n1,The kettle boils.\n")
    done(*prepare)
    done(*augment)
    before = {*parts_below(dataset), *parts_below(variations)}
    source.write_text("id,content\n1,The kettle boils.\n2,The lamp goes out.\n")
    done(*prepare, "--clean")
    done(*augment, "--clean")
    for folder in (dataset, variations):
        assert parts_below(folder) == {folder / file["path"] for file in manifest_of(folder)["files"]}
        assert not before & parts_below(folder)


def parts_below(folder):
    return {path for path in folder.rglob("part-*") if ".work" not in path.parts}
