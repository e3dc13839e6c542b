from pipelines.commands.report import COMMAND
from vae.commands.command import main


def test_the_page_is_written_and_named(variations_folder, tmp_path, capsys):
    page = tmp_path / "report.html"
    assert main(COMMAND, [f"--variations={variations_folder.write()}", f"--output={page}"]) == 0
    assert f"{page} written" in capsys.readouterr().err
    assert page.read_text().startswith("<!doctype html>")


def test_a_folder_that_is_not_there_is_refused(refused, tmp_path):
    said = refused(COMMAND, f"--variations={tmp_path / 'none'}", f"--output={tmp_path / 'report.html'}")
    assert f"{tmp_path / 'none'}/MANIFEST.json: not found" in said
    assert not (tmp_path / "report.html").exists()
