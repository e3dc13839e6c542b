import pytest
from memory_store import MemoryStore


@pytest.fixture
def store():
    """The objects of an empty store at memory://, by their paths."""
    MemoryStore.objects.clear()
    MemoryStore.requests.clear()
    return MemoryStore.objects
