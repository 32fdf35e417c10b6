"""People, their teams, and the one-time ways in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class UserManager(BaseUserManager["User"]):
    """Makes people; nobody gets a password here."""

    def create_user(self, email: str, name: str = "", **fields: Any) -> User:
        """A person without a usable password: they come in by a one-time link and choose their own."""
        person = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        person.set_unusable_password()
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> User:
        """A person by e-mail, in any case of letters."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works here. Known by e-mail; the interface speaks their language and shows their zone's time."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True, help_text=_("Empty: as the browser says"))
    theme = models.CharField(max_length=8, blank=True)  # empty: as the system says; "light", "dark"
    density = models.CharField(max_length=8, blank=True)  # empty: comfortable; "compact"
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        default_permissions = ()
        permissions = (
            ("answer_customers", "Answer customers"),
            ("assign_conversations", "Assign conversations to others"),
            ("manage_people", "Invite, change and deactivate people"),
            ("manage_numbers", "Connect numbers and read account news"),
            ("view_trail", "Read the trail"),
        )

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = self.name.split() or [self.email]
        letters = [words[0][0], words[-1][0]] if len(words) > 1 else [words[0][0]]
        return "".join(letters).upper()

    @property
    def hue(self) -> int:
        """Which of the ten avatar colours (1-10) this person has."""
        return (self.pk or 0) * 3 % 10 + 1


class Team(models.Model):
    """People who share work. Membership is membership in the team's group, which is also what rights are given to."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="team")

    class Meta:
        ordering = ("name",)
        default_permissions = ()
        permissions = (("lead_team", "Lead the team"),)

    def __str__(self) -> str:
        return self.name


class TeamUserPermission(UserObjectPermissionBase):
    """A right on one team, given to one person."""

    content_object = models.ForeignKey(Team, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class TeamGroupPermission(GroupObjectPermissionBase):
    """A right on one team, given to a group."""

    content_object = models.ForeignKey(Team, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False


class SigninLink(models.Model):
    """A way in that works once. Only a digest is kept."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="signin_links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"sign-in link {self.pk}"


class Invitation(models.Model):
    """A place kept for somebody; accepted once, by whoever holds the link, for this e-mail only."""

    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20)
    teams = models.ManyToManyField(Team, blank=True, related_name="invitations")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def is_expired(self) -> bool:
        """Whether its time is over; it can still be sent again."""
        return self.expires_at <= timezone.now()
