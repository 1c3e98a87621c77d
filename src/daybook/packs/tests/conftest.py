"""The written case, for every test that chooses from it."""

import pytest

from daybook.packs.tests.written_case import Case, write_case
from tests.cast import Member


@pytest.fixture
def case(person: Member) -> Case:
    return write_case(person)
