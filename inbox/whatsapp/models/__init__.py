"""The rows of the wire: apps, connections, raw events, quarantine, templates, account events."""

from .connection import App, Connection
from .event import AccountEvent, Quarantined, RawEvent
from .template import Template

__all__ = ["AccountEvent", "App", "Connection", "Quarantined", "RawEvent", "Template"]
