"""A decoder for all tests of it, and the proof after each that nothing of it is left."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.tests.decoding_once import children


@pytest.fixture(scope="module")
def decoder() -> ChildDecoder:
    return ChildDecoder()


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """No child, no descriptor and no file outlives any of these tests."""
    folders = [Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), Path.cwd()]
    before = [set(os.listdir(folder)) for folder in folders if folder.is_dir()]
    descriptors = set(os.listdir("/proc/self/fd"))
    yield
    gc.collect()
    assert children() == []
    assert len(os.listdir("/proc/self/fd")) <= len(descriptors)
    after = [set(os.listdir(folder)) for folder in folders if folder.is_dir()]
    ours = [
        name for was, now in zip(before, after, strict=True) for name in now - was if "pil" in name.lower()
    ]
    assert ours == []
