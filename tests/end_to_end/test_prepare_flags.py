"""Each flag of prepare changes the dataset as it says."""

import io
import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from blogvae_process import manifest_of, output_bytes, rows_of
from sentencepiece import SentencePieceTrainer

from pipelines import cli
from pipelines.read import plan
from tokenizer.tokenizer import EOS, Tokenizer

ENGLISH = "The kettle number {} sings in the kitchen, and the lamp beside it goes out at 100 degrees."
GERMAN = "Der Kessel singt in der Küche, und die Lampe geht aus, während wir alle unsere Briefe lesen."
LINE = "Subscribe to our newsletter for more about kettles."
STORY = (
    "When the rain came down on the garden we went inside and put the kettle on, and while the water grew warm"
    " my sister read a letter from the coast aloud, slowly, so that our father could hear every word of it above the"
    " noise of the roof. It told of boats that had not come back, of a market without fish, and of a dog that sat by"
    " the harbour wall and would not be led away by anyone until the very last lantern had been carried home."
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder with an export, and the dataset prepared from it."""
    made = tmp_path_factory.mktemp("flags")
    (made / "posts").mkdir()
    rows = "".join(f'{n},"{ENGLISH.format(n)}"\n' for n in range(60))
    (made / "posts/export.csv").write_text(f"id,content\n{rows}")
    assert cli.main([*prepare(made / "posts", made / "dataset"), "--direct_num_workers=1"]) == 0
    return made


@pytest.fixture
def dataset(root, tmp_path):
    """A copy of the dataset that a test may change."""
    return shutil.copytree(root / "dataset", tmp_path / "dataset")


def prepare(posts, output):
    return ["prepare", f"--input={posts}", f"--output={output}", "--vocab-size=600"]


def write(folder, texts):
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def statistics_of(dataset):
    return json.loads((dataset / "stats.json").read_text())


def texts_of(dataset):
    return {row["source"]: row["text"] for row in rows_of(dataset, "posts/")}


def test_columns_may_be_named_by_the_user(done, tmp_path):
    rows = f"nr,was,wer,wie\n1,Ein Titel,Erika,{GERMAN.replace(',', '')}\n2,Noch nichts,Erika,\n"
    posts = write(tmp_path / "posts", {"export.csv": rows})
    done(*prepare(posts, tmp_path / "dataset"), "--columns=content=wie,title=was,author=3,id=nr")
    (post,) = rows_of(tmp_path / "dataset", "posts/")
    assert [post[name] for name in ("post_id", "title", "author", "text", "language")] == [
        *("1", "Ein Titel", "Erika", GERMAN.replace(",", "")),
        "de",
    ]
    (reject,) = rows_of(tmp_path / "dataset", "rejects/")
    assert (reject["position"], reject["post_id"], reject["reason"]) == (2, "2", "empty content")


@pytest.mark.parametrize(
    ("flags", "posts", "rejected", "listed"),
    [
        (["--near-duplicates=keep"], ["first", "last", "other"], [], []),
        ([], ["first", "last", "other"], [], [("last", "first.md#0", 2)]),
        (["--near-duplicates=drop", "--lsh=9x13"], ["first", "other"], [("last.md", "first.md#0")], []),
    ],
    ids=["keep", "report", "drop"],
)
def test_near_duplicates_are_kept_reported_or_dropped(done, tmp_path, flags, posts, rejected, listed):
    texts = {
        "first.md": f"---\ndate: 2020-01-01\n---\n{STORY}\n",
        "last.md": f"---\ndate: 2021-01-01\n---\n{STORY} Then it grew quiet.\n",
        "other.md": ENGLISH,
    }
    dataset = tmp_path / "dataset"
    done(*prepare(write(tmp_path / "posts", texts), dataset), *flags)
    assert sorted(row["post_id"] for row in rows_of(dataset, "posts/")) == posts
    told = {row["source"]: (row["stage"], row["reason"], row["value"]) for row in rows_of(dataset, "rejects/")}
    assert told == {source: ("dedup", "near duplicate", stays) for source, stays in rejected}
    near = rows_of(dataset, "duplicates/")
    assert [(row["post_id"], row["representative"], row["cluster_size"]) for row in near] == listed
    assert len({row["split"] for row in rows_of(dataset, "posts/") if row["post_id"] != "other"}) == 1
    assert statistics_of(dataset)["duplicates"]["clusters"] == 1


def site(count):
    return {f"blog/{n:02d}.txt": f"{ENGLISH.format(n)}\n\n{LINE}\n" for n in range(count)}


def test_lines_that_a_site_repeats_are_dropped_and_shown(done, tmp_path):
    dataset = tmp_path / "dataset"
    posts = write(tmp_path / "posts", site(12) | {"blog/only.txt": LINE, "news/a.txt": f"Another.\n\n{LINE}\n"})
    done(*prepare(posts, dataset))
    texts = texts_of(dataset)
    assert texts.pop("blog/only.txt") == LINE
    assert texts.pop("news/a.txt") == f"Another.\n\n{LINE}"
    assert texts == {f"blog/{n:02d}.txt": ENGLISH.format(n) for n in range(12)}
    statistics = statistics_of(dataset)
    assert statistics["boilerplate"] == [{"source": "blog", "line": LINE, "posts": 13}]
    assert statistics["boilerplate_lines_removed"] == 12
    assert LINE in (dataset / "stats.html").read_text()


def test_languages_asked_for_personal_data_masked_and_lines_kept(done, tmp_path):
    dataset = tmp_path / "dataset"
    ask = {"blog/ask.md": f"---\ntitle: Ask jane@kettle.example\n---\n{ENGLISH} Or call +44 20 7946 0958.\n"}
    german = {"blog/german.txt": f"{GERMAN} Mail an erika@kessel.example.\n"}
    posts = write(tmp_path / "posts", site(12) | ask | german)
    done(*prepare(posts, dataset), "--language=en,fr", "--mask-pii", "--boilerplate=keep")
    texts = texts_of(dataset)
    assert texts["blog/03.txt"] == f"{ENGLISH.format(3)}\n\n{LINE}"
    assert texts["blog/ask.md"] == f"{ENGLISH} Or call [PHONE]."
    (titled,) = (row for row in rows_of(dataset, "posts/") if row["source"] == "blog/ask.md")
    assert titled["title"] == "Ask [EMAIL]"
    (reject,) = rows_of(dataset, "rejects/")
    assert (reject["source"], reject["stage"], reject["reason"], reject["threshold"]) == (
        *("blog/german.txt", "language", "other language"),
        "en, fr 0.5",
    )
    assert reject["value"].startswith("de ")
    assert reject["excerpt"].endswith("Mail an [EMAIL].")
    statistics = statistics_of(dataset)
    assert statistics["posts_by_language"] == {"en": 13}
    assert statistics["pii"] == {"EMAIL": 2, "PHONE": 1}
    assert (statistics["boilerplate"], statistics["boilerplate_lines_removed"]) == ([], 0)
    for file in ("stats.json", "stats.html"):
        assert "kessel.example" not in (dataset / file).read_text()


def decoded(dataset, post_id):
    """The pieces of a post as text."""
    tokenizer = Tokenizer.load(dataset / "tokenizer/spm.model")
    rows = sorted((row for row in rows_of(dataset, "shards/") if row["post_id"] == post_id), key=lambda r: r["segment"])
    return " ".join(tokenizer.decode([row["input_ids"][: row["length"]] for row in rows]))


def test_what_the_tokenizer_protects_and_how_it_is_trained(root, done, tmp_path):
    done(*prepare(root / "posts", tmp_path / "dataset"), "--protect=none", "--model-type=bpe")
    assert decoded(root / "dataset", "7") == ENGLISH.replace("100", "<num>").format("<num>")
    assert decoded(tmp_path / "dataset", "7") == ENGLISH.format(7)
    lines = (tmp_path / "dataset/tokenizer/spm.vocab").read_text().splitlines()
    merges = [score for score in (float(line.split("\t")[1]) for line in lines) if score]
    assert merges == [-n for n in range(1, len(merges) + 1)]  # of BPE the score is the rank, of unigram log probability


def test_a_tokenizer_trained_elsewhere_is_taken(root, done, tmp_path):
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(ENGLISH.format(n) for n in range(60)),
        model_writer=model,
        vocab_size=60,
        hard_vocab_limit=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    (tmp_path / "t5.model").write_bytes(model.getvalue())
    flags = (*prepare(root / "posts", tmp_path / "dataset"), f"--tokenizer={tmp_path / 't5.model'}")
    done(*flags)
    tokenizer = Tokenizer.load(tmp_path / "dataset/tokenizer/spm.model")
    manifest = manifest_of(tmp_path / "dataset")
    assert manifest["tokenizer_sha256"] == manifest["settings"]["tokenizer"] == tokenizer.sha256
    assert tokenizer.vocabulary().split("\n")[3].startswith("</s>")
    assert decoded(tmp_path / "dataset", "7") == ENGLISH.replace("100", "<num>").format("<num>")
    for row in rows_of(tmp_path / "dataset", "shards/"):
        assert row["input_ids"][row["length"] - 1] == EOS
        assert set(row["input_ids"][row["length"] :]) <= {0}


def test_no_shard_is_larger_than_asked_for(root, done, tmp_path):
    done(*prepare(root / "posts", tmp_path / "dataset"), "--shard-mb=1", "--unit=post", "--max-len=65532")
    shards = [file for file in manifest_of(tmp_path / "dataset")["files"] if file["path"].startswith("shards/")]
    row_bytes = 2 * 16383
    assert {file["path"].split("/")[2] for file in shards} == {"bucket=16383"}
    assert sum(file["rows"] for file in shards) == 60
    train = [file["rows"] for file in shards if "split=train" in file["path"]]
    assert len(train) == -(-sum(train) * row_bytes // (1 << 20)) > 1
    assert all(rows * row_bytes <= 1 << 20 for rows in train)


def test_an_input_may_be_added_and_none_taken_away(root, dataset, done, refused, tmp_path):
    before = manifest_of(dataset)
    splits = {row["content_sha256"]: row["split"] for row in rows_of(dataset, "posts/")}
    more = write(tmp_path / "more", {"a.txt": "A new post.", "copy.txt": ENGLISH.format(3)})
    both = [*prepare(root / "posts", dataset), f"--input={more}"]
    done(*both)
    after = manifest_of(dataset)
    assert after["tokenizer_sha256"] == before["tokenizer_sha256"]
    assert (after["counts"]["posts"], after["counts"]["rejects"]) == (61, 1)
    assert set(before["units"]) < set(after["units"])
    assert splits.items() < {row["content_sha256"]: row["split"] for row in rows_of(dataset, "posts/")}.items()
    said = refused(*prepare(root / "posts", dataset))
    assert "other inputs" in said
    assert "--overwrite" in said
    assert manifest_of(dataset) == after
    done(*prepare(root / "posts", dataset), "--overwrite", "--clean")
    assert output_bytes(dataset) == output_bytes(root / "dataset")


def test_files_that_were_lost_or_cut_short_are_written_again(root, dataset, done):
    paths = [file["path"] for file in manifest_of(dataset)["files"]]
    for path in paths[::2]:
        (dataset / path).unlink()
    for path in paths[1::2]:
        (dataset / path).write_bytes((dataset / path).read_bytes()[:100])
    done(*prepare(root / "posts", dataset))
    assert output_bytes(dataset) == output_bytes(root / "dataset")


def test_a_compressed_table_is_cut_into_more_parts_than_its_size_tells(done, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "UNIT_BYTES", 4000)
    (tmp_path / "posts").mkdir()
    texts = [f"{ENGLISH.format(n)} {'So it goes on and on. ' * 50}" for n in range(100)]
    packed = {"row_group_size": 5, "compression": "zstd", "write_statistics": False}
    pq.write_table(pa.table({"text": texts}), tmp_path / "posts/a.parquet", **packed)
    write(tmp_path / "posts", {"b.csv": "content\nThe last of all.\n"})
    done(*prepare(tmp_path / "posts", tmp_path / "dataset"))
    assert manifest_of(tmp_path / "dataset")["counts"]["posts"] == 101


def test_an_output_within_the_input_is_not_read(done, tmp_path):
    posts = write(tmp_path / "posts", {"a.txt": "The kettle sings.", "b.txt": "The lamp goes out."})
    for _ in range(2):
        done(*prepare(posts, posts / "dataset"))
        assert manifest_of(posts / "dataset")["counts"]["rows_read"] == 2
        (posts / "dataset/MANIFEST.json").unlink()


def test_a_vocabulary_without_room_for_the_characters_is_the_users_mistake(refused, tmp_path):
    text = " ".join(chr(0x4E00 + n) for n in range(800))
    posts = write(tmp_path / "posts", {f"{n}.txt": f"{n} {text}" for n in range(9)})
    said = refused(*prepare(posts, tmp_path / "dataset"))
    assert "--vocab-size 600" in said


def splits_of(dataset):
    return {row["post_id"]: row["split"] for row in rows_of(dataset, "posts/")}


def test_neither_growth_nor_a_mended_word_moves_a_post_to_another_split(done, tmp_path):
    posts, dataset = tmp_path / "posts", tmp_path / "dataset"
    unlike = {f"blog/{n:02d}.txt": " ".join(f"the word {n * 31 + at}" for at in range(30)) for n in range(60)}
    write(posts, {name: f"{text}\n\n{LINE}" if n < 9 else text for n, (name, text) in enumerate(unlike.items())})
    done(*prepare(posts, dataset))
    before = splits_of(dataset)
    assert len(set(before.values())) > 1
    write(posts, {"blog/99.txt": f"{ENGLISH.format(99)}\n\n{LINE}\n"})  # with it the line is boilerplate
    done(*prepare(posts, dataset))
    assert LINE not in texts_of(dataset)["blog/03.txt"]
    assert before.items() <= splits_of(dataset).items()
    for path in (posts / "blog").iterdir():
        path.write_text(path.read_text().replace("the", "teh"))
    done(*prepare(posts, dataset))
    assert before.items() <= splits_of(dataset).items()


def test_clean_leaves_what_a_rerun_needs_and_nothing_else(done, tmp_path):
    posts, dataset = write(tmp_path / "posts", site(12)), tmp_path / "dataset"
    done(*prepare(posts, dataset))
    first = files_below(dataset)
    write(posts, {"blog/99.txt": "One more, and the line is gone."})
    done(*prepare(posts, dataset), "--clean")
    second = files_below(dataset)
    listed = {file["path"] for file in manifest_of(dataset)["files"]}
    assert {path for path in second if path.endswith(".parquet") and not path.startswith(".work")} == listed
    assert not {path for path in first & second if path.startswith(".work/encoded/")}
    units = {path: (dataset / path).stat().st_mtime_ns for path in second if path.startswith(".work/clean/")}
    done(*prepare(posts, dataset))
    assert {path: (dataset / path).stat().st_mtime_ns for path in units} == units


def files_below(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
