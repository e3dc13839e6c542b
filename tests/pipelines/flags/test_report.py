import pytest

from pipelines.flags.report import COMMAND


def test_it_reads_a_folder_and_writes_a_page(parsed):
    args = parsed(COMMAND, ["--variations=variations", "--output=report.html"])
    assert (args.variations, args.output) == ("variations", "report.html")


def test_without_a_page_to_write_it_is_refused(parsed):
    with pytest.raises(SystemExit):
        parsed(COMMAND, ["--variations=variations"])
