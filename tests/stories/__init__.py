"""Promises kept in a real browser against a real ``daybook serve``: given, when, then."""
