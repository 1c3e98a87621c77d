"""A folder store in a folder of its own."""

from pathlib import Path

import pytest

from daybook.gateways.blobs.folder import FolderStore


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def store(root: Path) -> FolderStore:
    return FolderStore(root)
