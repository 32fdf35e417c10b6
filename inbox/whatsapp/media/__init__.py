"""Files: what customers send is fetched and kept, what we send is checked and handed up; types come from the bytes."""

from .images import BadImage, Measured, measure
from .inbound import REASONS, due, fetch
from .kept import THUMB_MIME, remove, thumb_of
from .kinds import ALLOWED, MediaRefused
from .names import clean_filename
from .outbound import Stored, is_at_whatsapp, store_upload, upload
from .sniff import HEAD, PROGRAM, UNKNOWN, sniff

__all__ = [
    "ALLOWED",
    "HEAD",
    "PROGRAM",
    "REASONS",
    "THUMB_MIME",
    "UNKNOWN",
    "BadImage",
    "Measured",
    "MediaRefused",
    "Stored",
    "clean_filename",
    "due",
    "fetch",
    "is_at_whatsapp",
    "measure",
    "remove",
    "sniff",
    "store_upload",
    "thumb_of",
    "upload",
]
