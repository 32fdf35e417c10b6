"""Graph calls about templates, numbers, the profile and subscriptions: few an hour, so they give way to the usage headers."""

from __future__ import annotations

from collections.abc import Iterator

from inbox.whatsapp.errors import BAD_ANSWER, OutcomeUnknown

from .answers import NumberInfo, Profile, Subscription, TemplateInfo, TokenInfo, part, parts, text
from .calls import Caller, Json

PAGE = "100"
PAGES_MOST = 100  # 6,000 templates is what WhatsApp allows
TEMPLATE_FIELDS = "id,name,language,status,category,parameter_format,components,quality_score,rejected_reason"
NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,status,code_verification_status,name_status,throughput,"
    "platform_type,account_mode,whatsapp_business_manager_messaging_limit"
)
PROFILE_FIELDS = "about,address,description,email,profile_picture_url,websites,vertical"


class AccountCalls(Caller):
    """Looking after an account and its numbers."""

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
    def templates(self) -> Iterator[TemplateInfo]:
        """Every template of the account, page by page."""
        for line in self._pages(self.line.waba_id, "message_templates", fields=TEMPLATE_FIELDS):
            yield TemplateInfo.of(line)

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
    def create_template(self, definition: Json) -> TemplateInfo:
        """Hands a template in for review; the answer has only its id, status and category."""
        answer = self._call("POST", self.line.waba_id, "message_templates", management=True, json=definition)
        return TemplateInfo.of({**definition, **answer})

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
    def edit_template(self, template_id: str, change: Json) -> bool:
        """Changes category, components or message_send_ttl_seconds; review follows."""
        return self._succeeds("POST", template_id, json=change)

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
    def delete_template(self, name: str, template_id: str = "") -> bool:
        """Deletes one language of a template, or with "" all languages of the name."""
        params = {"name": name} | ({"hsm_id": template_id} if template_id else {})
        return self._succeeds("DELETE", self.line.waba_id, "message_templates", params=params)

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
    def number(self) -> NumberInfo:
        """Our own number's node."""
        return NumberInfo.of(self._call("GET", self.line.phone_number_id, management=True, params={"fields": NUMBER_FIELDS}))

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
    def numbers(self) -> list[NumberInfo]:
        """All numbers of the account."""
        return [NumberInfo.of(line) for line in self._pages(self.line.waba_id, "phone_numbers", fields=NUMBER_FIELDS)]

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration
    def register(self, pin: str) -> bool:
        """Registers the number with its six-digit PIN."""
        body = {"messaging_product": "whatsapp", "pin": pin}
        return self._succeeds("POST", self.line.phone_number_id, "register", json=body)

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration
    def deregister(self) -> bool:
        """Takes the number off WhatsApp."""
        return self._succeeds("POST", self.line.phone_number_id, "deregister")

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-profiles
    def profile(self) -> Profile:
        """What customers read about us."""
        path = (self.line.phone_number_id, "whatsapp_business_profile")
        return Profile.of(self._call("GET", *path, management=True, params={"fields": PROFILE_FIELDS}))

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/business-profiles
    def set_profile(self, change: Json) -> bool:
        """Changes parts of the profile (keys of PROFILE_FIELDS, and profile_picture_handle)."""
        body = {"messaging_product": "whatsapp", **change}
        return self._succeeds("POST", self.line.phone_number_id, "whatsapp_business_profile", json=body)

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
    def subscriptions(self) -> list[Subscription]:
        """The apps that get the account's webhooks."""
        answer = self._call("GET", self.line.waba_id, "subscribed_apps", management=True)
        return [Subscription.of(line) for line in parts(answer, "data")]

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
    def subscribe(self, callback: str = "", verify_token: str = "") -> bool:
        """Sends the account's webhooks to our app, or to ``callback`` if given; without it an earlier override is removed."""
        body = {"override_callback_uri": callback, "verify_token": verify_token} if callback else {}
        return self._succeeds("POST", self.line.waba_id, "subscribed_apps", json=body)

    # https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
    def unsubscribe(self) -> bool:
        """Ends the webhooks of the account for our app."""
        return self._succeeds("DELETE", self.line.waba_id, "subscribed_apps")

    # https://developers.facebook.com/docs/graph-api/reference/debug_token
    def token_info(self) -> TokenInfo:
        """What our own token is good for."""
        return TokenInfo.of(self._call("GET", "debug_token", management=True, params={"input_token": self.line.token}))

    def _succeeds(self, method: str, *path: str, **body: object) -> bool:
        return self._call(method, *path, management=True, **body).get("success") is True

    def _pages(self, *path: str, fields: str) -> Iterator[Json]:
        """Every object of a list. Follows the cursor, never ``paging.next``: that address is somebody else's word."""
        params = {"fields": fields, "limit": PAGE}
        for _page in range(PAGES_MOST):
            answer = self._call("GET", *path, management=True, params=params)
            if not isinstance(answer.get("data"), list):
                raise OutcomeUnknown(BAD_ANSWER, details="no data")
            yield from parts(answer, "data")
            paging = part(answer, "paging")
            after = text(part(paging, "cursors"), "after")
            if "next" not in paging or not after:
                return
            params = {**params, "after": after}
