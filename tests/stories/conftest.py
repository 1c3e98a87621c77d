"""What the stories stand on: a Daybook whose exit leads to a page on this machine, as tests reach no other."""

from collections.abc import Callable, Iterator

import pytest

from tests.rig.running import LiveDaybook
from tests.stories.neutral_place import NeutralPlace, start_neutral_place

ServeDaybook = Callable[..., LiveDaybook]


@pytest.fixture(scope="session")
def neutral_place() -> Iterator[NeutralPlace]:
    """Where the exit leads."""
    place = start_neutral_place()
    yield place
    place.server.shutdown()
    place.server.server_close()


@pytest.fixture(scope="module")
def serve_daybook(
    neutral_place: NeutralPlace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServeDaybook]:
    """Start Daybooks that last as long as the module; takes what to add to their environment."""
    running: list[LiveDaybook] = []

    def serve(**environment: str) -> LiveDaybook:
        daybook = LiveDaybook(tmp_path_factory.mktemp("daybook"))
        daybook.environment |= {"DAYBOOK_EXIT_URL": neutral_place.url, **environment}
        running.append(daybook)
        daybook.start()
        return daybook

    yield serve
    for daybook in running:
        if daybook._process is not None:
            daybook.kill()


@pytest.fixture(scope="module")
def daybook(serve_daybook: ServeDaybook) -> LiveDaybook:
    """One home for the stories of a module: each opens a record of its own, and records are strangers to each other."""
    return serve_daybook()
