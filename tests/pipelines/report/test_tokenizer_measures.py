from pipelines.report.tokenizer_measures import tokenizer_measures


def values(**statistics):
    return {measure.name: measure.value for measure in tokenizer_measures(statistics)}


def test_every_figure_is_written_as_the_page_shows_it():
    assert values(vocab_size=8000, fertility=1.4444, coverage=0.99991, unknown_rate=0) == {
        "vocabulary": "8,000",
        "fertility": "1.444",
        "coverage": "> 99.99%",
        "unknown rate": "0%",
    }


def test_a_figure_that_was_not_measured_is_a_dash():
    assert {*values().values()} == {"–"}


def test_every_usual_range_has_a_source():
    assert all(measure.usual and measure.source for measure in tokenizer_measures({}))
    assert all(measure.url.startswith("https://") for measure in tokenizer_measures({}))
