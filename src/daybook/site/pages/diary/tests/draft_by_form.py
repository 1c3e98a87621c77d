"""Writing through the forms, as a browser without scripts would: begin a draft, answer a question, keep it."""

from django.test import Client

from daybook.site.pages.diary.tests.form_reading import Answer, hidden, location

Typed = str | list[str]


def begin(client: Client, words: str = "He rang at nine.") -> str:
    """Begin a draft as the first page does; returns its address."""
    fields = hidden(client, "/diary/new/")
    return location(client.post("/diary/new/", {**fields, "words": words, "go": "more"}))


def answer(client: Client, draft: str, section: str, **typed: Typed) -> Answer:
    """Answer one question of a draft."""
    fields = hidden(client, f"{draft}{section}/")
    return client.post(f"{draft}{section}/", {**fields, "go": "list", **typed})


def keep(client: Client, draft: str, **typed: Typed) -> Answer:
    """Check and keep."""
    fields = hidden(client, f"{draft}check/")
    return client.post(f"{draft}check/", {**fields, "go": "keep", **typed})
