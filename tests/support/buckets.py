"""Buckets in stores that a test starts: S3 as moto serves it, and Google's as gcp-storage-emulator does."""

import json
import logging
import os
from contextlib import contextmanager

import pytest

MISSING = "needs boto3, moto and gcp-storage-emulator: pip install -e .[aws,gcp,stores]"


class S3Bucket:
    """A bucket of moto's server, which keeps its objects in memory."""

    root = "s3://bucket"

    def __init__(self, client, endpoint):
        self._client = client
        self.flags = (f"--s3_endpoint_url={endpoint}",)
        client.create_bucket(Bucket="bucket")

    def put(self, key, data):
        self._client.put_object(Bucket="bucket", Key=key, Body=data)

    def get(self, key):
        return self._client.get_object(Bucket="bucket", Key=key)["Body"].read()

    def keys(self, prefix):
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]


class GcsBucket:
    """A bucket of gcp-storage-emulator. Google's client finds it by STORAGE_EMULATOR_HOST, so Beam needs no flag."""

    root, flags = "gs://bucket", ()

    def __init__(self, client):
        self._bucket = client.create_bucket("bucket")

    def put(self, key, data):
        self._bucket.blob(key).upload_from_string(data)

    def get(self, key):
        return self._bucket.blob(key).download_as_bytes()

    def keys(self, prefix):
        return [blob.name for blob in self._bucket.list_blobs(prefix=prefix)]


@contextmanager
def s3_bucket(_folder):
    """Starts moto's server; the environment has keys that boto3 asks for."""
    boto3 = pytest.importorskip("boto3", reason=MISSING)
    moto_server = pytest.importorskip("moto.server", reason=MISSING)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    with _environment(keys):
        server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        try:
            yield S3Bucket(boto3.client("s3", endpoint_url=endpoint), endpoint)
        finally:
            server.stop()


@contextmanager
def gcs_bucket(folder):
    """Starts the emulator; the environment has its address, and credentials that nothing has to refresh."""
    storage = pytest.importorskip("google.cloud.storage", reason=MISSING)
    emulator = pytest.importorskip("gcp_storage_emulator.server", reason=MISSING)
    logging.getLogger("gcp_storage_emulator").setLevel(logging.ERROR)
    credentials = folder / "credentials.json"
    names = ("client_id", "client_secret", "refresh_token", "token")
    known = {"type": "authorized_user", "expiry": "2099-01-01T00:00:00Z", **dict.fromkeys(names, "test")}
    credentials.write_text(json.dumps(known))
    server = emulator.create_server("127.0.0.1", 0, in_memory=True)
    server.start()
    address = "http://{}:{}".format(*server._api._httpd.server_address)
    places = {"STORAGE_EMULATOR_HOST": address, "GOOGLE_APPLICATION_CREDENTIALS": str(credentials)}
    try:
        with _environment({**places, "GOOGLE_CLOUD_PROJECT": "test"}):
            yield GcsBucket(storage.Client())
    finally:
        server.stop()


@contextmanager
def _environment(variables):
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def put_folder(bucket, key, folder):
    """Puts all files of a folder below the key."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            bucket.put(f"{key}/{path.relative_to(folder)}", path.read_bytes())


def fetch_folder(bucket, key, folder):
    """Copies all objects below the key to a folder, and returns it."""
    for found in bucket.keys(f"{key}/"):
        path = folder / found.removeprefix(f"{key}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bucket.get(found))
    return folder
