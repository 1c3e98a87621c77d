"""Doors: the gateways to the outside, opened by the dotted names in ``settings.GATEWAYS``.

Rooms ask here for a clock, a blob store or a decoder and know only the kernel's Protocols; nobody imports a gateway.
"""

from functools import cache
from typing import cast

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from daybook.kernel.clock import Clock
from daybook.kernel.media.decoder import Decoder
from daybook.kernel.sealing.blob_store import BlobStore

__all__ = ["blobs", "clock", "decoder"]


@cache
def _opened(name: str) -> object:
    spec = settings.GATEWAYS[name]
    return import_string(spec["door"])(**spec.get("options", {}))


def clock() -> Clock:
    """What time it is."""
    return cast(Clock, _opened("clock"))


def blobs() -> BlobStore:
    """Where sealed file bodies are kept."""
    return cast(BlobStore, _opened("blobs"))


def decoder() -> Decoder:
    """What reads hostile files, in a child process of its own."""
    return cast(Decoder, _opened("decoder"))


def _forget(*, setting: str, **_: object) -> None:
    if setting == "GATEWAYS":
        _opened.cache_clear()


setting_changed.connect(_forget)
