from pipelines.clean.list_markers import ListMarkers


def test_bullets_are_indented_two_spaces_a_level():
    markers = ListMarkers()
    markers.open_list(None)
    first = markers.marker()
    markers.open_list(None)
    assert (first, markers.marker()) == ("- ", "  - ")


def test_an_item_is_one_level_deeper_than_the_item_above_at_most():
    markers = ListMarkers()
    markers.open_list(None)
    markers.open_list(None)
    assert [markers.marker(), markers.marker()] == ["- ", "  - "]


def test_a_list_counts_from_its_start_and_a_nested_one_from_1():
    markers = ListMarkers()
    markers.open_list(4)
    seen = [markers.marker()]
    markers.open_list(4)
    seen += [markers.marker(), markers.marker()]
    markers.close_list()
    assert [*seen, markers.marker()] == ["4. ", "  1. ", "  2. ", "5. "]


def test_a_list_that_was_interrupted_counts_on():
    markers = ListMarkers()
    markers.open_list(1)
    first = markers.marker()
    markers.interrupt()
    assert (first, markers.marker()) == ("1. ", "2. ")


def test_lists_that_nothing_separates_count_as_one():
    markers = ListMarkers()
    markers.open_list(1)
    first = markers.marker()
    markers.close_list()
    markers.open_list(1)
    assert (first, markers.marker()) == ("1. ", "2. ")


def test_an_item_outside_of_any_list_has_a_bullet():
    markers = ListMarkers()
    markers.close_list()
    assert markers.marker() == "- "
