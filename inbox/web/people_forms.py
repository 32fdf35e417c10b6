"""The forms about people: shape and messages; the rules are in accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.middleware import zone_names
from accounts.models import Team, User
from accounts.permissions import ROLES

if TYPE_CHECKING:  # generic for the type checker only
    PersonForm = forms.ModelForm[User]
    TeamsField = forms.ModelMultipleChoiceField[Team]
else:
    PersonForm, TeamsField = forms.ModelForm, forms.ModelMultipleChoiceField


def zone_choices() -> list[tuple[str, Any]]:
    """Every zone by region, in the form that a select draws; first the browser's own."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zone_names() - {"UTC"}):
        region, place = name.split("/", 1)
        regions.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return [("", gettext("As the browser says")), ("UTC", "UTC"), *regions.items()]


def language_choices() -> list[tuple[str, Any]]:
    """Every language in its own name; first the browser's own."""
    own_names = {"en": "English", "pt-br": "Português (Brasil)", "es": "Español"}
    named = [(code, own_names.get(code, str(label))) for code, label in settings.LANGUAGES]
    return [("", gettext("As the browser says")), *named]


class JoinForm(forms.Form):
    """What somebody says of themselves when they accept an invitation."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), required=False, choices=language_choices)
    zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=zone_choices)
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        help_text=_("12 characters or more. Leave it empty if you would rather use a passkey."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """The password against the person that is about to be."""
        cleaned: dict[str, Any] = super().clean() or {}
        if password := cleaned.get("password"):
            try:
                validate_password(password, User(email=self.email, name=cleaned.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def joining(self) -> dict[str, str]:
        """The answers as ``accept`` takes them."""
        return {name: self.cleaned_data[name] for name in ("name", "language", "zone", "password")}


class ProfileForm(PersonForm):
    """What everybody may change of themselves."""

    language = forms.ChoiceField(label=_("Language"), required=False, choices=language_choices)
    timezone = forms.ChoiceField(label=_("Time zone"), required=False, choices=zone_choices)
    theme = forms.ChoiceField(
        label=_("Colours"),
        required=False,
        choices=[("", _("As the system says")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
    )
    density = forms.ChoiceField(
        label=_("Spacing"),
        required=False,
        choices=[("", _("Comfortable")), ("compact", _("Compact"))],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = User
        fields = ("name", "language", "timezone", "theme", "density")


def role_choices() -> list[tuple[str, str]]:
    """The three roles, each with what it means."""
    return [(role.slug, f"{role.label}: {role.line}") for role in ROLES.values()]


class TeamBoxes(TeamsField):
    """Teams to tick."""

    def __init__(self) -> None:
        super().__init__(
            Team.objects.all(), label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple, to_field_name="slug"
        )


class InviteForm(forms.Form):
    """Whom to ask in, as what."""

    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput({"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=120, required=False, help_text=_("They can change it."))
    role = forms.ChoiceField(label=_("Role"), choices=role_choices, initial="agent", widget=forms.RadioSelect)
    teams = TeamBoxes()


class RoleForm(forms.Form):
    """Which role somebody is to have."""

    role = forms.ChoiceField(label=_("Role"), choices=role_choices, widget=forms.RadioSelect)


class TeamsForm(forms.Form):
    """Which teams somebody is to be in."""

    teams = TeamBoxes()


class TeamForm(forms.Form):
    """What a new team is called."""

    name = forms.CharField(label=_("Name of the team"), max_length=80)
