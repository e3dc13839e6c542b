import hashlib

from pipelines.commands.named_contents import named_contents


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_files_are_found_at_any_depth_and_other_values_are_skipped(tmp_path):
    path = tmp_path / "texts.txt"
    path.write_text("a text")
    section = {"seed": 7, "strategy": "neighbour", "nested": [{"file": str(path)}], "nothing": "", "nul": "\0"}
    assert named_contents(section) == [[str(path), sha256("a text")]]


def test_of_a_folder_of_ours_only_the_files_that_hold_hashes_count(tmp_path):
    for name in ("MANIFEST.json", "part-a.parquet"):
        (tmp_path / name).write_text(name)
    assert named_contents([str(tmp_path)]) == [[str(tmp_path / "MANIFEST.json"), sha256("MANIFEST.json")]]


def test_of_another_folder_all_files_count(tmp_path):
    for name in ("b/c.txt", "a.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    expected = [[str(tmp_path / name), sha256(name)] for name in ("a.txt", "b/c.txt")]
    assert named_contents({"init": f"t5:{tmp_path}"}) == expected


def test_files_that_a_yaml_file_names_count_too_from_its_own_folder(tmp_path):
    (tmp_path / "words.txt").write_text("damn")
    rules = tmp_path / "rules.yaml"
    rules.write_text("profanity: {words: words.txt}")
    assert [path for path, _ in named_contents(str(rules))] == [str(rules), str(tmp_path / "words.txt")]


def test_a_broken_yaml_file_counts_by_itself(tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text("profanity: {")
    assert named_contents(str(rules)) == [[str(rules), sha256("profanity: {")]]
