"""The rig keeps its promises: a real database, a real browser, no way out."""

import os
import socket

import pytest
from django.db import connection
from playwright.sync_api import Page

from tests.rig.browser import accessibility_faults
from tests.rig.environment import DATABASE_CHOICE
from tests.rig.network import ReachedOut


def test_another_machine_cannot_be_reached_by_address() -> None:
    with socket.socket() as outward, pytest.raises(ReachedOut):
        outward.connect(("192.0.2.1", 80))


def test_another_machine_cannot_be_reached_by_a_message() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward, pytest.raises(ReachedOut):
        outward.sendto(b"x", ("192.0.2.1", 53))


def test_another_machine_cannot_be_reached_by_name() -> None:
    with pytest.raises(ReachedOut):
        socket.getaddrinfo("example.org", 80)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as here:
        socket.create_connection(here.getsockname(), timeout=5).close()
        visitor, address = here.accept()
        visitor.close()
        assert address[0] == "127.0.0.1"


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for() -> None:
    asked = os.environ.get(DATABASE_CHOICE, "sqlite")
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[asked]


@pytest.mark.django_db(transaction=True)
def test_sqlite_is_tested_on_a_file_with_a_write_ahead_log() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT version()")
            assert cursor.fetchone()[0].startswith("PostgreSQL")


@pytest.mark.story
def test_the_browser_finds_a_picture_without_words(page: Page) -> None:
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src='data:,'></main></html>")
    assert [fault.split(" ")[0] for fault in accessibility_faults(page)] == ["image-alt"]


@pytest.mark.story
def test_without_scripts_no_script_runs(scriptless_page: Page) -> None:
    scriptless_page.set_content("<p>before</p><script>document.body.textContent = 'after'</script>")
    assert scriptless_page.inner_text("body") == "before"
