"""Consent: who is looking, and what that opens. Today only the owner; grants come with sharing."""

from daybook.kernel.consent.viewer import Viewer

__all__ = ["Viewer"]
