"""A decoder for all tests of it, and the proof after each that no child of it is left."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from daybook.gateways.decoding.child_process import ChildDecoder
from daybook.gateways.decoding.tests.decoding_once import children, running


@pytest.fixture(scope="module")
def decoder() -> Iterator[ChildDecoder]:
    decoder = ChildDecoder()
    # Every program is started, so that a test can count what it leaves behind.
    decoder.confinement()
    yield decoder
    decoder.close()


@pytest.fixture(autouse=True)
def _nothing_left_behind(decoder: ChildDecoder) -> Iterator[None]:
    """No child, no descriptor and no file outlives any of these tests; only programs that were there before stay."""
    folders = [Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), Path.cwd()]
    before = [set(os.listdir(folder)) for folder in folders if folder.is_dir()]
    programs = running()
    descriptors = set(os.listdir("/proc/self/fd"))
    yield
    gc.collect()
    assert children() == []
    assert len(running()) <= len(programs)
    assert len(os.listdir("/proc/self/fd")) <= len(descriptors)
    after = [set(os.listdir(folder)) for folder in folders if folder.is_dir()]
    ours = [
        name for was, now in zip(before, after, strict=True) for name in now - was if "pil" in name.lower()
    ]
    assert ours == []
