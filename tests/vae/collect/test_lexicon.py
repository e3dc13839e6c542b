import pytest

from vae.collect.lexicon import lexicon_text, opposed_groups, read_wordnet

pytest.importorskip("lemminflect")

LICENCE = "  1 This is the licence.\n"
DATA = {
    "data.noun": "00000001 05 n 01 animal 0 000 | a living being\n"
    "00000002 05 n 03 Rex 0 dog 0 guard_dog 0 001 @ 00000001 n 0000 | barks\n",
    "data.verb": "00000003 38 v 01 take 0 001 ! 00000004 v 0101 01 + 08 00 | get\n"
    "00000004 38 v 01 give 0 001 ! 00000003 v 0101 01 + 08 00 | hand over\n",
    "data.adj": "00000005 00 a 01 slow(a) 0 001 ! 00000006 a 0101 | not quick\n"
    "00000006 00 a 01 quick 0 002 ! 00000005 a 0101 ^ 00000007 a 0000 | fast\n"
    "00000007 00 s 01 hasty 0 001 & 00000006 a 0000 | too quick\n",
    "data.adv": "00000008 02 r 01 slowly 0 001 \\ 00000005 a 0101 | without speed\n"
    "00000009 02 r 01 quickly 0 001 \\ 00000006 a 0101 | with speed\n",
    "index.noun": "animal n 1 0 1 1 00000001\ndog n 1 1 @ 1 1 00000002\n"
    "guard_dog n 1 1 @ 1 0 00000002\nrex n 1 1 @ 1 0 00000002\n",
    "index.verb": "give v 1 1 ! 1 0 00000004\ntake v 1 1 ! 1 1 00000003\n",
    "index.adj": "hasty a 1 1 & 1 0 00000007\nquick a 1 1 ! 1 0 00000006\nslow a 1 1 ! 1 0 00000005\n",
    "index.adv": "quickly r 1 1 \\ 1 0 00000009\nslowly r 1 1 \\ 1 0 00000008\n",
    "noun.exc": "",
    "verb.exc": "gave give\ngiven give\ntook take\ntaken take\n",
    "adj.exc": "",
    "adv.exc": "",
    "cntlist.rev": "dog%1:05:00:: 1 42\ntake%2:38:00:: 1 7\n",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in DATA.items():
        head = "" if name.endswith((".exc", ".rev")) else LICENCE
        (tmp_path / name).write_text(head + text, encoding="utf-8")
    return tmp_path


def test_words_groups_counts_and_forms_are_taken_and_names_left_out(folder):
    lines = lexicon_text(folder).splitlines()
    groups = lines[lines.index("[groups]") + 1 : lines.index("[opposites]")]
    assert groups == ["a", "a", "a 1", "n", "n 3", "r", "r", "v", "v"]
    assert {"dog\t4:42", "guard dog\t4", "animal\t3", "take\t7:7", "slow\t0"} <= set(lines)
    assert not any(line.startswith("rex") for line in lines)
    assert {"took\tv:take:past", "taken\tv:take:participle", "given\tv:give:participle"} <= set(lines)


def test_opposites_are_those_listed_and_those_of_derived_words(folder):
    opposed = opposed_groups(read_wordnet(folder))
    assert (("v", "00000003"), ("v", "00000004")) in opposed
    assert (("r", "00000008"), ("r", "00000009")) in opposed
    assert (("n", "00000001"), ("n", "00000002")) not in opposed


def test_the_same_folder_gives_the_same_text(folder):
    assert lexicon_text(folder) == lexicon_text(folder)
