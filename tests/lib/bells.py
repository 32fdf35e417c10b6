"""Jobs for the tests of the bell; they write down that they ran."""

from __future__ import annotations

from inbox.lib.jobs import job, later

ran: list[tuple[object, ...]] = []


@job
def note(*args: int | str) -> None:
    """Writes down its arguments."""
    ran.append(args)


@job
def ring_again(left: int) -> None:
    """Rings for itself while it runs."""
    ran.append((left,))
    if left:
        later(ring_again, left - 1)


def not_listed() -> None:
    """A function like any other."""
    ran.append(("not listed",))
