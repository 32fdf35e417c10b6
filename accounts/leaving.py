"""How somebody stops working here, and comes back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from inbox.audit.codes import Code
from inbox.audit.record import record
from inbox.realtime import push

from .actors import actor
from .invitations import withdraw_all_by
from .models import SigninLink, User
from .permissions import hold_roles, is_last_admin, need_manager, tell_changed
from .refusals import Refused
from .sessions import end_all_sessions


def deactivate(person: User, by: User | None, *, origin: str = "") -> None:
    """Take every way in from a person at once: account, sessions, open pages, links, and invitations they gave.

    Nothing happens for one who is deactivated already. ``by`` is None for the console.

    :raises Refused: no right, oneself, or the last admin
    """
    with transaction.atomic():
        need_manager(by)
        if by is not None and by.pk == person.pk:
            raise Refused("own_leaving")
        hold_roles()
        if is_last_admin(person):
            raise Refused("last_admin")
        now = timezone.now()
        if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False, deactivated_at=now) != 1:
            return
        person.is_active, person.deactivated_at = False, now
        ended = end_all_sessions(person)
        SigninLink.objects.filter(person=person, used_at__isnull=True).delete()
        withdraw_all_by(person)
        record(Code.PERSON_DEACTIVATED, by=actor(by, origin), target=("person", person.pk), sessions=ended)
        push.to_person(person.pk, push.SESSION_ENDED)


def reactivate(person: User, by: User | None, *, origin: str = "") -> None:
    """Let somebody back in with the role and teams they had; sessions and links stay gone.

    :raises Refused: no right
    """
    with transaction.atomic():
        need_manager(by)
        if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True, deactivated_at=None) != 1:
            return
        person.is_active, person.deactivated_at = True, None
        record(Code.PERSON_REACTIVATED, by=actor(by, origin), target=("person", person.pk))
        tell_changed(person)
