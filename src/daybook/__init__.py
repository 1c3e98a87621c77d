"""Daybook: a record, kept by the person it is about, of being stalked."""
