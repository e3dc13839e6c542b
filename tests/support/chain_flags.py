"""The flags and rules of the chain of commands that the tests of end_to_end/ share."""

from blogvae_process import EXPORT, POSTS

PREPARE = (f"--input={POSTS}", f"--input={EXPORT}", "--vocab-size=2000", "--max-len=64")
TRAIN = (
    "--preset=tiny",
    "--set=epochs=2",
    "--set=encoder=48",
    "--set=decoder=48",
    "--set=embedding=32",
    "--set=precision=32-true",
)
# The limit gives two units of work. A model of two epochs finds few good edits, so any edit is taken.
LIMIT = 66
AUGMENT = (f"--limit={LIMIT}", "--per-post=1", "--change=0.3", "--at-least=0", "--vary-share=0.1")
ANY_EDIT = "copy: {minimum: 0.0}\ncycle: {maximum: 9}\nsimilarity: off\nworst_sentence: off\n"
"""Rules that keep whatever the small model makes."""
# A third of the posts hold the word, which no edit touches.
RULES = f"{ANY_EDIT}banned_words: {{words: [when]}}\n"
ENCODE = ("--limit=100",)
