"""The commands read from s3:// and gs:// and write there what they write in local folders."""

import csv
import json
import shutil

import pytest
from blogvae_process import EXPORT, POSTS, blogvae, output_bytes
from buckets import fetch_folder, gcs_bucket, put_folder, s3_bucket
from chain_flags import ANY_EDIT, AUGMENT

pytestmark = pytest.mark.slow

ONE_WORKER = "--direct_num_workers=1"
PREPARE = ("--vocab-size=600", ONE_WORKER)


@pytest.fixture(scope="module", params=[s3_bucket, gcs_bucket])
def bucket(request, tmp_path_factory):
    with request.param(tmp_path_factory.mktemp("bucket")) as started:
        yield started


def succeeds(*argv):
    done = blogvae(*argv)
    assert done.returncode == 0, done.stderr
    return done.stdout


def without_inputs(folder):
    """The bytes of a dataset's files, and its manifest, without the paths of the inputs, which stats.html shows too."""
    files = output_bytes(folder)
    manifest = json.loads(files.pop("MANIFEST.json"))
    del manifest["settings"]["inputs"], files["stats.html"]
    return files, manifest


def test_a_dataset_in_a_store_has_the_bytes_of_a_local_one(bucket, tmp_path):
    put_folder(bucket, "corpus/posts", POSTS)
    bucket.put("corpus/posts/", b"")  # as a console makes a folder
    bucket.put("corpus/blog_export.csv", EXPORT.read_bytes())
    inputs = (f"--input={bucket.root}/corpus/posts", f"--input={bucket.root}/corpus/*.csv")
    succeeds("prepare", *inputs, f"--output={bucket.root}/out/", *PREPARE, *bucket.flags)
    succeeds("prepare", f"--input={POSTS}", f"--input={EXPORT}", f"--output={tmp_path / 'local'}", *PREPARE)
    assert without_inputs(fetch_folder(bucket, "out", tmp_path / "out")) == without_inputs(tmp_path / "local")
    keys = bucket.keys("out/")
    assert not [key for key in keys if ".temporary-" in key or key.endswith("/.lock")]


def run_all(root, *flags):
    """Runs every command that reads what others wrote, all below one root; returns what the last one prints."""
    made = f"--variations={root}/variations"
    rules = f"--filters={root}/rules.yaml"
    posts = (f"--dataset={root}/dataset", f"--model={root}/model")
    between = ("--strategy=interpolate", f"--partners={root}/latents", "--limit=10", "--per-post=1")
    beam = (ONE_WORKER, *flags)
    succeeds("augment", *posts, f"--output={root}/variations", *AUGMENT, rules, "--export=csv", *beam)
    succeeds("encode", *posts, f"--output={root}/latents", "--limit=100", *beam)
    succeeds("augment", *posts, f"--output={root}/between", *between, rules, *beam)
    succeeds("judge", made, f"--output={root}/judged", f"--filters={root}/strict.yaml", *beam)
    succeeds("report", made, f"--output={root}/report.html", *flags)
    succeeds("rate", made, f"--output={root}/sheet.html", "--pairs=5", *flags)
    return succeeds("rate", f"--ratings={root}/ratings.csv", f"--key={root}/sheet.key.csv", *flags)


@pytest.fixture(scope="module")
def local(chain, tmp_path_factory):
    """A root with what `run_all` reads, what it writes, and what it prints at its end."""
    root = tmp_path_factory.mktemp("local")
    for name in ("dataset", "model"):
        shutil.copytree(getattr(chain, name), root / name, ignore=shutil.ignore_patterns(".work", "logs"))
    shutil.copy(chain.root / "rules.yaml", root)
    (root / "strict.yaml").write_text(f"{ANY_EDIT}banned_words: {{words: [the]}}\n")
    (root / "ratings.csv").write_text("row,fluent_a,publish_a,fluent_b,publish_b,same_meaning\n")
    given = tmp_path_factory.mktemp("given") / "all"
    shutil.copytree(root, given)
    return given, root, run_all(root)


def test_every_command_writes_to_a_store_what_it_writes_to_a_folder(bucket, local, tmp_path):
    given, root, printed = local
    put_folder(bucket, "all", given)
    assert run_all(f"{bucket.root}/all", *bucket.flags) == printed
    stored = fetch_folder(bucket, "all", tmp_path)
    for name in ("variations", "latents", "between", "judged"):
        assert output_bytes(stored / name) == output_bytes(root / name)
    for name in ("report.html", "variations/exports/variations.csv"):
        assert (stored / name).read_bytes() == (root / name).read_bytes()
    assert rated_posts(stored) == rated_posts(root)


def rated_posts(root):
    """The posts of a rating sheet, and how much of each is changed; the names of its rows depend on the folder."""
    with (root / "sheet.key.csv").open(newline="") as file:
        return sorted((row["post_id"], row["change"]) for row in csv.DictReader(file))


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("prepare", "--input={root}/none", "--output={root}/new"), "none: no such file, folder or match"),
        (("report", "--variations={root}/none", "--output={root}/r.html"), "none/MANIFEST.json: not found"),
        (("judge", "--variations={root}/none", "--output={root}/new"), "none/MANIFEST.json: not found"),
        (("encode", "--dataset={root}/none", "--model={root}/none", "--output={root}/new"), "none holds no trained"),
        (("rate", "--ratings={root}/none.csv", "--key={root}/none.csv"), "none.csv"),
        (("prepare", "--input=data/posts/travel", "--output={root}-none/new"), "-none/new"),
    ],
)
def test_a_place_that_holds_nothing_is_one_line(bucket, argv, said):
    done = blogvae(*(argument.format(root=bucket.root) for argument in argv), *bucket.flags)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert f"{bucket.root}{'' if said[0] == '-' else '/'}{said}" in done.stderr
