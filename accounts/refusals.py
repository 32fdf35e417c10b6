"""What may not be done with people, said so that a person can act on it."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A deed on people or teams that is not allowed.

    ``code`` is for programs, ``sentence`` for people (lazily translated).
    """

    SENTENCES: ClassVar[dict[str, Promise]] = {
        "no_right": _("Only somebody who manages people may do this. Ask an admin."),
        "own_role": _("You can’t change your own role. Ask another admin."),
        "own_teams": _("You can’t change your own teams. Ask another admin."),
        "own_leaving": _("You can’t deactivate yourself. Ask another admin."),
        "last_admin": _("This is the only active admin. Make somebody else an admin first."),
        "is_person": _("Somebody with this email already works here. Find them in the list of people."),
        "is_invited": _("This email already has an open invitation. Send it again or withdraw it."),
        "not_open": _("This invitation was accepted or withdrawn already. Invite again."),
        "team_exists": _("There is a team with this name already. Choose another name."),
        "team_name": _("Give the team a name of 1 to 80 letters."),
        "unknown_role": _("Choose one of the roles."),
    }

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """What happened and what can be done, in the language of whoever reads it."""
        return str(self.SENTENCES[self.code])
