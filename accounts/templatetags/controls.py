"""Draws the control of a form field in the house's own clothes."""

from __future__ import annotations

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget; text, select and the like get the class that draws them."""
    if isinstance(field.field.widget, (CheckboxInput, CheckboxSelectMultiple, RadioSelect)):
        return field.as_widget()
    return field.as_widget(attrs={**field.field.widget.attrs, "class": "input", "placeholder": ""})


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether the field is a single box to tick, whose label follows it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether the field is several boxes or dots, which belong into a fieldset."""
    return isinstance(field.field.widget, (CheckboxSelectMultiple, RadioSelect))
