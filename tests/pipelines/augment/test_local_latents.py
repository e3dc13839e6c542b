import json
from dataclasses import replace
from pathlib import Path

import pytest
from memory_store import MemoryStore

from pipelines.augment.local_latents import with_local_partners
from pipelines.errors import UserError
from vae.variation.sampling import Sampling

LATENTS = {
    "MANIFEST.json": json.dumps(
        {"files": [{"path": "part-a.parquet"}, {"path": "posts/part-a.parquet"}, {"path": "rejects/part-a.parquet"}]}
    ).encode(),
    "part-a.parquet": b"means",
    "posts/part-a.parquet": b"posts",
    "rejects/part-a.parquet": b"rejects",
}


def put(folder, without=()):
    MemoryStore.objects.update({f"{folder}/{name}": data for name, data in LATENTS.items() if name not in without})
    return replace(Sampling(), partners=f"{folder}/")


def test_the_latents_of_a_store_are_copied_once():
    local = with_local_partners(put("memory://bucket/whole")).partners
    copied = {str(path.relative_to(local)): path.read_bytes() for path in Path(local).rglob("*") if path.is_file()}
    assert copied == {name: data for name, data in LATENTS.items() if not name.startswith("rejects")}
    assert with_local_partners(put("memory://bucket/whole")).partners == local


@pytest.mark.parametrize("sampling", [Sampling(), replace(Sampling(), partners="/out/latents")])
def test_a_local_folder_or_none_stays(sampling):
    assert with_local_partners(sampling) is sampling


@pytest.mark.parametrize("name", ["MANIFEST.json", "posts/part-a.parquet"])
def test_a_missing_file_is_told(name):
    sampling = put(f"memory://bucket/without-{len(name)}", without=[name])
    with pytest.raises(UserError, match=rf"^memory://bucket/without-{len(name)} holds no latents: run"):
        with_local_partners(sampling)
