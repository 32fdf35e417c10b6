"""A business phone number that we answer on, and who may see it."""

from __future__ import annotations

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from inbox.conversations.querysets import NumberQuerySet


class Number(models.Model):
    """One of our numbers. Its ``seq`` is raised once per transaction that changes anything on it.

    Being able to see a number is being able to see its conversations; the right is given to a person or to a team's
    group on the row itself (guardian, direct foreign keys) and never globally.
    """

    name = models.CharField(max_length=80)
    display_phone = models.CharField(max_length=32)
    portfolio = models.CharField(max_length=64, help_text="Meta business portfolio: the scope of a BSUID")
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="numbers")
    is_active = models.BooleanField(default=True)
    seq = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NumberQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        default_permissions = ()
        permissions = (
            ("view_number", "See the number and its conversations"),
            ("answer_number", "Answer customers on the number"),
            ("manage_number", "Change how the number is connected"),
        )

    def __str__(self) -> str:
        return self.name


class NumberUserPermission(UserObjectPermissionBase):
    """A right on one number, given to one person."""

    content_object = models.ForeignKey(Number, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class NumberGroupPermission(GroupObjectPermissionBase):
    """A right on one number, given to a team's group."""

    content_object = models.ForeignKey(Number, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
