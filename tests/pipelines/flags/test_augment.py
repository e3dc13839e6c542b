import pytest

from pipelines.beam.devices import AUTO, DEVICES
from pipelines.flags.augment import COMMAND

FOLDERS = ["--dataset=dataset", "--model=model", "--output=variations"]


def test_two_variations_of_each_post_are_wanted_on_the_device_that_is_there(parsed):
    args = parsed(COMMAND, FOLDERS)
    assert (args.per_post, args.device, args.limit) == (2, AUTO, None)


@pytest.mark.parametrize("device", DEVICES)
def test_the_device_is_one_of_the_known(parsed, device):
    assert parsed(COMMAND, [*FOLDERS, f"--device={device}"]).device == device


@pytest.mark.parametrize("flags", [FOLDERS[:-1], [*FOLDERS, "--device=tpu"], [*FOLDERS, "--input=posts"]])
def test_without_a_folder_or_with_two_sources_it_is_refused(parsed, flags):
    with pytest.raises(SystemExit):
        parsed(COMMAND, flags)
