"""Every address of Parley, whom it lets in, and for each that is about something: a thing of team Support's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from io import BytesIO
from typing import Any

from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from PIL import Image

from accounts.models import Invitation, Team, User
from inbox.conversations.models import Attachment, Message, Number
from inbox.lib.styles import sheet
from tests import make

PEOPLE = ("anonymous", "carol", "amina", "bruno", "admin")
"""Amina and Bruno are of team Support, Carol is of another team, the admin is in no team."""


class For(Enum):
    """Whom an address lets in."""

    EVERYBODY = frozenset(PEOPLE)
    SIGNED_IN = frozenset(PEOPLE[1:])
    SUPPORT = frozenset({"amina", "bruno"})
    MANAGERS = frozenset({"admin"})
    OWNER = frozenset({"amina"})
    PREPARED = frozenset({"who began something, or set up what they now use: nobody here"})
    NOBODY = frozenset({"nobody by being signed in"})


@dataclass(frozen=True)
class World:
    """What the addresses are about: a failed message and a file in a conversation of team Support, and its people."""

    message: Message
    attachment: Attachment
    team: Team
    amina: User
    session: UserSession
    invitation: Invitation


Words = dict[str, Any]  # "?" holds the query, everything else stands in the path
Route = tuple[For, Callable[[World], Words]]


def nothing(world: World) -> Words:
    """For an address that is about nothing in particular."""
    return {}


def conversation(world: World) -> Words:
    """A conversation on Support's number."""
    return {"pk": world.message.conversation_id}


def message(world: World) -> Words:
    """A message in it that was not delivered."""
    return {"pk": world.message.pk}


def number(world: World) -> Words:
    """Support's number, which is connected."""
    return {"pk": world.message.number_id}


def messages_above(world: World) -> Words:
    """What was said before that message."""
    return conversation(world) | {"?": f"before={world.message.pk}"}


def attachment(world: World) -> Words:
    """A file in it."""
    return {"pk": world.attachment.pk}


def team(world: World) -> Words:
    """Team Support."""
    return {"slug": world.team.slug}


def member(world: World) -> Words:
    """Amina's place in the team."""
    return {"slug": world.team.slug, "pk": world.amina.pk}


def person(world: World) -> Words:
    """Amina."""
    return {"pk": world.amina.pk}


def session(world: World) -> Words:
    """A session of Amina's, as she meets it."""
    return {"pk": world.session.pk}


def session_of_person(world: World) -> Words:
    """A session of Amina's, as an admin meets it."""
    return {"pk": world.amina.pk, "session": world.session.pk}


def invitation(world: World) -> Words:
    """An open invitation."""
    return {"pk": world.invitation.pk}


def made_up(**words: Any) -> Callable[[World], Words]:
    """Words that name nothing that exists."""
    return lambda world: words


ROUTES: dict[str, Route] = {
    "healthz": (For.EVERYBODY, nothing),
    "readyz": (For.EVERYBODY, nothing),
    "metrics": (For.NOBODY, nothing),  # a token opens it, not a person
    "style_sheet": (For.EVERYBODY, lambda world: {"version": sheet().version}),
    "signin_link": (For.EVERYBODY, made_up(token="made-up")),
    "invitation": (For.EVERYBODY, made_up(token="made-up")),
    # one's own
    "home": (For.SIGNED_IN, nothing),
    "me": (For.SIGNED_IN, nothing),
    "my_session_end": (For.OWNER, session),
    "inbox_view": (For.SIGNED_IN, made_up(slug="mine")),
    "live_since": (For.SIGNED_IN, nothing),
    "live_counts": (For.SIGNED_IN, nothing),
    # team Support's
    "inbox_team": (For.SUPPORT, team),
    "conversation": (For.SUPPORT, conversation),
    "conversation_messages": (For.SUPPORT, messages_above),
    "conversation_composer": (For.SUPPORT, conversation),
    "conversation_details": (For.SUPPORT, conversation),
    "conversation_header": (For.SUPPORT, conversation),
    "conversation_replies": (For.SUPPORT, conversation),
    "conversation_media": (For.SUPPORT, conversation),
    "conversation_templates": (For.SUPPORT, conversation),
    "conversation_interactive": (For.SUPPORT, conversation),
    "conversation_assignment": (For.SUPPORT, conversation),
    "conversation_closure": (For.SUPPORT, conversation),
    "conversation_reopening": (For.SUPPORT, conversation),
    "conversation_reading": (For.SUPPORT, conversation),
    "attachment": (For.SUPPORT, attachment),
    "attachment_thumb": (For.SUPPORT, attachment),
    "message": (For.SUPPORT, message),
    "message_reactions": (For.SUPPORT, message),
    "message_retry": (For.SUPPORT, message),
    "message_discard": (For.SUPPORT, message),
    # those who manage people
    "people": (For.MANAGERS, nothing),
    "invitations": (For.MANAGERS, nothing),
    "invitation_renewal": (For.MANAGERS, invitation),
    "invitation_withdrawal": (For.MANAGERS, invitation),
    "person": (For.MANAGERS, person),
    "person_role": (For.MANAGERS, person),
    "person_teams": (For.MANAGERS, person),
    "person_session_end": (For.MANAGERS, session_of_person),
    "person_deactivation": (For.MANAGERS, person),
    "person_reactivation": (For.MANAGERS, person),
    "teams": (For.MANAGERS, nothing),
    "team_members": (For.MANAGERS, team),
    "team_member_removal": (For.MANAGERS, member),
    # those who manage numbers; one number only for those who also see it, and here no admin does
    "numbers": (For.MANAGERS, nothing),
    "number_trial": (For.PREPARED, number),
    # allauth's: coming in
    "account_login": (For.EVERYBODY, nothing),
    "account_logout": (For.SIGNED_IN, nothing),
    "account_inactive": (For.EVERYBODY, nothing),
    "account_email_verification_sent": (For.EVERYBODY, nothing),
    "account_confirm_email": (For.EVERYBODY, made_up(key="made-up")),
    "account_confirm_login_code": (For.SIGNED_IN, nothing),  # who are sent home
    "account_reset_password": (For.EVERYBODY, nothing),
    "account_reset_password_done": (For.EVERYBODY, nothing),
    "account_reset_password_from_key": (For.EVERYBODY, made_up(uidb36="1", key="made-up")),
    "account_reset_password_from_key_done": (For.EVERYBODY, nothing),
    "mfa_authenticate": (For.SIGNED_IN, nothing),  # who are sent home
    "mfa_login_webauthn": (For.SIGNED_IN, nothing),
    # allauth's: one's own account
    "account_reauthenticate": (For.PREPARED, nothing),
    "account_change_password": (For.SIGNED_IN, nothing),
    "account_set_password": (For.SIGNED_IN, nothing),
    "mfa_index": (For.SIGNED_IN, nothing),
    "mfa_reauthenticate": (For.PREPARED, nothing),
    "mfa_activate_totp": (For.SIGNED_IN, nothing),
    "mfa_deactivate_totp": (For.PREPARED, nothing),
    "mfa_view_recovery_codes": (For.PREPARED, nothing),
    "mfa_generate_recovery_codes": (For.SIGNED_IN, nothing),
    "mfa_download_recovery_codes": (For.PREPARED, nothing),
    "mfa_list_webauthn": (For.SIGNED_IN, nothing),
    "mfa_add_webauthn": (For.SIGNED_IN, nothing),
    "mfa_reauthenticate_webauthn": (For.PREPARED, nothing),
    "mfa_remove_webauthn": (For.PREPARED, made_up(pk=0)),
    "mfa_edit_webauthn": (For.PREPARED, made_up(pk=0)),
    "usersessions_list": (For.SIGNED_IN, nothing),
    # closed: nobody signs up, and e-mail addresses are an admin's matter
    "account_signup": (For.NOBODY, nothing),
    "account_email": (For.NOBODY, nothing),
}


def build(number: Number, amina: User) -> World:
    """A world around one conversation on the number."""
    make.connection(number)
    conversation = make.conversation(number)
    assert number.team
    return World(
        message=make.message(conversation, direction="out", status="failed"),
        attachment=picture(make.message(conversation, kind="image")),
        team=number.team,
        amina=amina,
        session=UserSession.objects.create(user=amina, session_key="a" * 32, ip="127.0.0.1", user_agent="a browser", data={}),
        invitation=Invitation.objects.create(
            email="new@parley.example", role="agent", digest="0" * 64, expires_at=timezone.now() + timedelta(days=1)
        ),
    )


def picture(message: Message) -> Attachment:
    """A file of one pixel that has been fetched."""
    pixel = BytesIO()
    Image.new("RGB", (1, 1)).save(pixel, "PNG")
    kept = make.attachment(message, state="ready", mime="image/png", size=pixel.tell(), sha256="0" * 64, filename="pixel.png")
    kept.file.save("pixel.png", ContentFile(pixel.getvalue()))
    return kept


def mounted(resolver: URLResolver | None = None, above: str = "") -> Iterator[tuple[str, str]]:
    """Every address that is mounted, as (pattern, name); an address without a name has the name ""."""
    for part in (resolver or get_resolver()).url_patterns:
        pattern = f"{above}{part.pattern}"
        if isinstance(part, URLPattern):
            yield pattern, part.name or ""
        else:
            yield from mounted(part, pattern)
