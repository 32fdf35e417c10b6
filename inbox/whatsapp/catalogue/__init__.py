"""Templates: kept in step with WhatsApp, shown as a form, filled in."""

from .fill import BadField, Filled, Preview, PreviewButton, fill, preview
from .form import Field, form, is_supported
from .sync import apply, sync

__all__ = ["BadField", "Field", "Filled", "Preview", "PreviewButton", "apply", "fill", "form", "is_supported", "preview", "sync"]
