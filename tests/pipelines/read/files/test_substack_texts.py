from pipelines.read.files.file_kinds import SUBSTACK
from pipelines.read.files.input_file import InputFile
from pipelines.read.files.substack_texts import join_substack_texts


def joined(*places):
    files = {place: InputFile(path=place, name=place, size=1, kind="csv") for place in places}
    return [(file.name, file.kind, tuple(text.name for text in file.beside)) for file in join_substack_texts(files)]


def test_a_list_holds_the_texts_in_the_folder_beside_it():
    assert joined("a/posts.csv", "a/posts/1.tea.html", "a/posts/about.html", "b/posts/2.html") == [
        ("a/posts.csv", SUBSTACK, ("a/posts/1.tea.html",)),
        ("a/posts/about.html", "csv", ()),
        ("b/posts/2.html", "csv", ()),
    ]


def test_a_list_without_texts_is_a_table_like_any_other():
    assert joined("posts.csv", "1.html") == [("posts.csv", "csv", ()), ("1.html", "csv", ())]
