"""Keeps tests off the network: only this machine can be reached from the process that runs them."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

NAMES = {"localhost", "", None}


class NetworkUsed(AssertionError):
    """A test tried to leave this machine."""


def install(patch: pytest.MonkeyPatch) -> None:
    """Shuts every way out until ``patch`` is undone."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _allow(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _allow(self.family, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **options: Any) -> Any:
        _allow(socket.AF_INET, (host,))
        return look_up(host, *args, **options)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)


def _allow(family: int, address: Any) -> None:
    """Raises NetworkUsed unless the address is a file or this machine's loopback."""
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
    if host in NAMES:
        return
    try:
        inside = ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        inside = False
    if not inside:
        raise NetworkUsed(f"A test tried to reach {host}; tests reach this machine only.")
