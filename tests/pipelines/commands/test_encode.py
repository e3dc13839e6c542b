from pipelines.commands.encode import COMMAND


def test_no_posts_are_not_encoded(refused, tmp_path):
    flags = "--dataset=dataset", "--model=base-en", f"--output={tmp_path / 'out'}", "--limit=0"
    assert "--limit 0: encode at least one post" in refused(COMMAND, *flags)
    assert not (tmp_path / "out").exists()


def test_a_model_that_is_not_there_is_refused(refused, tmp_path):
    said = refused(COMMAND, "--dataset=dataset", f"--model={tmp_path}/none", f"--output={tmp_path / 'out'}")
    assert f"{tmp_path}/none" in said
    assert not (tmp_path / "out").exists()
