import pytest
from variations_folder import small_variations_folder


@pytest.fixture
def variations_folder(tmp_path):
    return small_variations_folder(tmp_path)
