"""The commands read from s3:// and write to it, as they do with local folders; the store is a server of moto."""

import json
import logging

import pytest
from blogvae_process import EXPORT, POSTS, blogvae, output_bytes

boto3 = pytest.importorskip("boto3", reason="needs boto3 and moto: pip install -e .[aws,stores]")
moto_server = pytest.importorskip("moto.server", reason="needs moto: pip install -e .[aws,stores]")

pytestmark = pytest.mark.slow

FLAGS = ("--vocab-size=600", "--direct_num_workers=1")


class Bucket:
    """A bucket of a server that keeps its objects in memory."""

    def __init__(self, endpoint):
        self.client = boto3.client("s3", endpoint_url=endpoint)
        self.endpoint = f"--s3_endpoint_url={endpoint}"
        self.client.create_bucket(Bucket="bucket")

    def put(self, key, path):
        self.client.put_object(Bucket="bucket", Key=key, Body=path.read_bytes())

    def put_folder(self, key, folder):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{key}/{path.relative_to(folder)}", path)

    def keys(self, prefix):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def fetch(self, prefix, folder):
        for key in self.keys(prefix):
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.client.get_object(Bucket="bucket", Key=key)["Body"].read())
        return folder / prefix.rstrip("/")


@pytest.fixture(scope="module")
def bucket():
    """The bucket, and in the environment the keys that boto3 asks for."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "test")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        yield Bucket("http://{}:{}".format(*server.get_host_and_port()))
        server.stop()


def without_inputs(folder):
    """The bytes of a dataset's files, and its manifest, without the paths of the inputs, which stats.html shows too."""
    files = output_bytes(folder)
    manifest = json.loads(files.pop("MANIFEST.json"))
    del manifest["settings"]["inputs"], files["stats.html"]
    return files, manifest


def test_a_dataset_in_a_store_has_the_bytes_of_a_local_one(bucket, tmp_path):
    bucket.put_folder("corpus/posts", POSTS)
    bucket.client.put_object(Bucket="bucket", Key="corpus/posts/", Body=b"")  # as a console makes a folder
    bucket.put("corpus/blog_export.csv", EXPORT)
    inputs = ("--input=s3://bucket/corpus/posts", "--input=s3://bucket/corpus/*.csv")
    stored = blogvae("prepare", *inputs, "--output=s3://bucket/out/", *FLAGS, bucket.endpoint)
    assert stored.returncode == 0, stored.stderr
    local = blogvae("prepare", f"--input={POSTS}", f"--input={EXPORT}", f"--output={tmp_path / 'local'}", *FLAGS)
    assert local.returncode == 0, local.stderr
    assert without_inputs(bucket.fetch("out/", tmp_path)) == without_inputs(tmp_path / "local")
    keys = bucket.keys("out/")
    assert not [key for key in keys if ".temporary-" in key or key.endswith("/.lock")]


def test_a_place_that_holds_nothing_is_one_line(bucket):
    done = blogvae("prepare", "--input=s3://bucket/none", "--output=s3://bucket/new", bucket.endpoint)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "s3://bucket/none: no such file, folder or match; check --input" in done.stderr
