"""A running field guide for the tests of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from browse_client import BrowseClient


@pytest.fixture(scope="session")
def guide(seed_catalogue: Path) -> Iterator[BrowseClient]:
    """Return the pages of the shipped snapshot; nothing may be written."""
    client = BrowseClient(seed_catalogue)
    yield client
    client.close()


@pytest.fixture
def own_guide(catalogue: Path) -> Iterator[BrowseClient]:
    """Return the pages of a catalogue of this test's own."""
    client = BrowseClient(catalogue)
    yield client
    client.close()
