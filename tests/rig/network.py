"""No test reaches another machine: connecting to one raises, and so does looking up its name."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

__all__ = ["ReachedOut", "is_this_machine", "no_network"]


class ReachedOut(AssertionError):
    """A test tried to reach another machine."""


def is_this_machine(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _allow(address: Any) -> None:
    # A Unix socket's address is a string or bytes; it names a file on this machine.
    if isinstance(address, tuple) and not is_this_machine(str(address[0])):
        raise ReachedOut(f"a test tried to reach {address[0]}")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Guard every socket of the test process for the whole run."""
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _allow(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _allow(address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: bytes, *rest: Any) -> int:
        _allow(rest[-1])
        return sendto(self, data, *rest)

    def guarded_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not is_this_machine(name) and not _is_address(name):
            raise ReachedOut(f"a test tried to look up {name}")
        return getaddrinfo(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
