"""How somebody new is asked in: a link for one email address, good once, for seven days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from inbox.audit.codes import Code
from inbox.audit.record import record

from .actors import actor
from .models import Invitation, Team, User
from .permissions import ROLES, need_manager
from .refusals import Refused
from .tokens import digest_of, fresh_token

INVITATION_LIFE = timedelta(days=7)


class Invited(NamedTuple):
    """An invitation and its link, which is shown once: only a digest is kept."""

    invitation: Invitation
    link: str


class InvitationRefused(Exception):
    """An invitation that cannot be accepted: ``reason`` is "accepted", "withdrawn", "expired" or "unknown"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def invite(email: str, name: str, role: str, teams: Iterable[Team] = (), by: User | None = None, *, origin: str = "") -> Invited:
    """Keep a place for somebody. ``by`` is None for the console.

    :raises Refused: no right, unknown role, somebody who works here, or an address with an open invitation
    :raises django.core.exceptions.ValidationError: not an email address
    """
    email = email.strip().lower()
    validate_email(email)
    if role not in ROLES:
        raise Refused("unknown_role")
    with transaction.atomic():
        need_manager(by)
        if User.objects.filter(email__iexact=email).exists():
            raise Refused("is_person")
        if open_invitations().filter(email=email).exists():
            raise Refused("is_invited")
        token, digest = fresh_token()
        invitation = Invitation.objects.create(
            email=email,
            name=name.strip(),
            role=role,
            invited_by=by,
            digest=digest,
            expires_at=timezone.now() + INVITATION_LIFE,
        )
        invitation.teams.set(teams)
        record(Code.PERSON_INVITED, by=actor(by, origin), target=("invitation", invitation.pk), role=role)
    return Invited(invitation, _link(token))


def resend(invitation: Invitation, by: User | None, *, origin: str = "") -> Invited:
    """A new link with seven new days; the old link is dead from now on.

    :raises Refused: no right, or accepted or withdrawn meanwhile
    """
    with transaction.atomic():
        need_manager(by)
        token, digest = fresh_token()
        waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True)
        if waiting.update(digest=digest, expires_at=timezone.now() + INVITATION_LIFE) != 1:
            raise Refused("not_open")
        invitation.refresh_from_db()
        record(Code.PERSON_INVITED, by=actor(by, origin), target=("invitation", invitation.pk), role=invitation.role)
    return Invited(invitation, _link(token))


def withdraw(invitation: Invitation, by: User | None, *, origin: str = "") -> None:
    """Make the link dead; nothing happens when it was accepted or withdrawn already.

    :raises Refused: no right
    """
    with transaction.atomic():
        need_manager(by)
        waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True)
        if waiting.update(revoked_at=timezone.now()):
            record(Code.PERSON_INVITATION_REVOKED, by=actor(by, origin), target=("invitation", invitation.pk))


def withdraw_all_by(person: User) -> None:
    """Make every link dead that this person gave away, in the caller's transaction: it could let them back in."""
    given = Invitation.objects.filter(invited_by=person, accepted_at__isnull=True, revoked_at__isnull=True)
    given.update(revoked_at=timezone.now())


def open_invitations() -> QuerySet[Invitation]:
    """Those that could be accepted now, the newest first."""
    open_now = Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now())
    return open_now.order_by("-created_at")


def waiting_invitations() -> QuerySet[Invitation]:
    """Those neither accepted nor withdrawn, expired ones too, for the list of people."""
    return Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True).order_by("-created_at")


def find_invitation(token: str) -> Invitation:
    """The open invitation behind a link.

    :raises InvitationRefused: there is none
    """
    invitation = Invitation.objects.select_related("invited_by").filter(digest=digest_of(token)).first()
    if invitation is None:
        raise InvitationRefused("unknown")
    if invitation.accepted_at is not None:
        raise InvitationRefused("accepted")
    if invitation.revoked_at is not None:
        raise InvitationRefused("withdrawn")
    if invitation.expires_at <= timezone.now():
        raise InvitationRefused("expired")
    return invitation


def accept(token: str, *, name: str, language: str = "", zone: str = "", password: str = "", origin: str = "") -> User:
    """Turn the invitation into a person with its role and teams; of two at once only one succeeds.

    The password is optional and must have passed the validators. The email address is the invitation's own.

    :raises InvitationRefused: not open (any more)
    """
    try:
        with transaction.atomic():
            invitation = find_invitation(token)
            waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True)
            if waiting.update(accepted_at=timezone.now()) != 1:
                raise InvitationRefused("accepted")
            person = User.objects.create_user(invitation.email, name.strip(), language=language, timezone=zone)
            if password:
                person.set_password(password)
                person.save(update_fields=["password"])
            _place(person, invitation)
            record(
                Code.PERSON_JOINED,
                by=actor(person, origin),
                target=("person", person.pk),
                role=invitation.role,
                invitation=invitation.pk,
            )
    except IntegrityError:  # somebody with this email came to be by another way
        raise InvitationRefused("accepted") from None
    return person


def _place(person: User, invitation: Invitation) -> None:
    """Role and teams as the invitation says; whoever gave it had the right to."""
    role_group = Group.objects.get(name=invitation.role)
    person.groups.add(role_group, *(team.group for team in invitation.teams.select_related("group")))


def _link(token: str) -> str:
    return settings.PUBLIC_URL + reverse("invitation", args=[token])
