from types import SimpleNamespace

import pytest

from pipelines.augment.post_segments import assemble_post, segment_post
from pipelines.clean.clean import clean
from pipelines.posts.post import VARIED_KINDS, text_of

POST = """# A heading of 3 words

Then the cat paints the quiet dog. The bird mends 12 lamps.

- The cat cleans.
- Then the dog counts https://dogs.org/4 soft.

1. The boat prints.

> The train mends the window.
> Then the kettle prints.

```
for cat in dogs:  paint(cat)
```

| cat | dog |
|-----|-----|
| 1   | 2   |

https://birds.org/7

The last letter counts 7 gardens.
"""


@pytest.fixture
def model(tokenizer):
    return SimpleNamespace(unit="segment", tokenizer=tokenizer, max_len=16)


def row(text):
    return {"post_id": "1", "source": "a.txt", "language": "en", "blocks": [block._asdict() for block in clean(text)]}


def texts(plan):
    return [segment.text for segment in plan.segments]


def test_the_sample_has_blocks_of_all_kinds():
    kinds = {block.kind for block in clean(POST)}
    assert kinds == {"heading", "paragraph", "list_item", "quote", "code", "table", "link"}


def test_unchanged_segments_give_the_post_back_byte_for_byte(model):
    plan = segment_post(row(POST), model)
    made = assemble_post(plan, texts(plan))
    assert made.text == text_of(list(plan.blocks)) == text_of(clean(POST))
    assert (made.change, made.segments_changed) == (0.0, 0)


def test_only_words_of_varied_kinds_change(model):
    plan = segment_post(row(POST), model)
    made = assemble_post(plan, ["Small lamps print." for _ in plan.segments])
    for block in plan.blocks:
        assert (block.text in made.text) is (block.kind not in VARIED_KINDS)
    assert [line for line in made.text.splitlines() if "lamps print" in line] == [
        " ".join(["Small lamps print."] * count) if not marker else marker + " ".join(["Small lamps print."] * count)
        for marker, count in zip(plan.markers, plan.counts, strict=True)
        if count
    ]
    assert made.segments_changed == len(plan.segments)


def test_change_is_weighed_by_words(model):
    plan = segment_post(row("The cat cleans.\n\nThen the dog counts the soft bird and the lamp."), model)
    first, *others = texts(plan)
    assert assemble_post(plan, ["The dog cleans.", *others]).change == pytest.approx((1 / 3) * 3 / 13)
    assert assemble_post(plan, [first, *others]).change == 0


def test_a_segment_that_breaks_off_is_ended_as_its_source(model):
    plan = segment_post(row("The cat cleans the lamp."), model)
    assert assemble_post(plan, ["The cat cleans the"]).text == "The cat cleans."
    assert assemble_post(plan, ["The cat cleans the"]).segments == ("The cat cleans.",)
    assert assemble_post(plan, ["the"]).text == "The cat cleans the lamp."


def test_a_post_of_kept_blocks_cannot_vary(model):
    plan = segment_post(row("```\npaint(cat)\n```"), model)
    assert not plan.can_vary
    assert assemble_post(plan, []).text == "```\npaint(cat)\n```"


def test_a_model_of_whole_posts_sees_one_segment_of_words(tokenizer):
    model = SimpleNamespace(unit="post", tokenizer=tokenizer, max_len=16)
    plan = segment_post(row(POST), model)
    assert len(plan.segments) == 1
    assert "Then the cat paints the quiet dog. The bird".startswith(assemble_post(plan, texts(plan)).text)
