"""Keeps every signed webhook body before it is acknowledged, and hands it to the workers afterwards."""

from .claims import LEASE, claim, done, purge, quarantine, release_expired
from .keeper import CannotKeep, Keeper

__all__ = ["LEASE", "CannotKeep", "Keeper", "claim", "done", "purge", "quarantine", "release_expired"]
