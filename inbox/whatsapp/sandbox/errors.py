"""Meta's errors as the sandbox speaks them: a code, a title, an HTTP status and details in Meta's JSON shape."""

from __future__ import annotations

import secrets

from inbox.whatsapp.sandbox.shapes import Json

GRAPH_DOCS = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

# code: (HTTP status, title). Protocol reference, section 8.
CATALOGUE: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "API Too Many Calls"),
    10: (403, "API Permission Denied"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    104: (401, "An access token is required to request this resource."),
    190: (401, "Access token has expired"),
    200: (403, "API Permission"),
    368: (403, "Temporarily blocked for policies violations"),
    2500: (400, "Unknown path components"),
    80007: (400, "Rate limit issues"),
    130403: (400, "User is blocked by the business"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country."),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Business Account locked"),
    131037: (400, "WhatsApp provided number needs display name approval before message can be sent."),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages from this business"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131055: (400, "Method not allowed"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131062: (400, "Business-scoped user ids are not supported for this message"),
    131064: (400, "Messaging limit reached for misclassified templates"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Template hydrated text too long"),
    132007: (400, "Template format character policy violated"),
    132012: (400, "Template parameter format mismatch"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "There is a problem with the parameters of the template"),
    133005: (400, "Two step verification PIN mismatch"),
    133010: (400, "Account not registered"),
    135000: (400, "Generic user error"),
    137000: (400, "Recipient identity key hash mismatch"),
    139100: (400, "Failed to block or unblock some users"),
}
UNKNOWN = (400, "Unknown error")


class GraphError(Exception):
    """A refusal: travels to the caller as `error{message,type,code,error_data,fbtrace_id}`."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        http: int | None = None,
        subcode: int | None = None,
        message: str | None = None,
        user_title: str | None = None,
    ) -> None:
        status, title = CATALOGUE.get(code, UNKNOWN)
        super().__init__(code)
        self.code, self.details, self.http = code, details, http or status
        self.subcode, self.user_title = subcode, user_title
        self.message = message or f"(#{code}) {title}"

    def body(self) -> Json:
        error: Json = {"message": self.message, "type": "OAuthException", "code": self.code}
        if self.details and not self.user_title:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.user_title is not None:
            error |= {"is_transient": False, "error_user_title": self.user_title, "error_user_msg": self.details}
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return {"error": error}


def status_errors(code: int, details: str) -> list[Json]:
    """The `errors` of a failed status: title and message are equal there (section 2.9)."""
    title = CATALOGUE.get(code, UNKNOWN)[1]
    return [{"code": code, "title": title, "message": title, "error_data": {"details": details or title}, "href": GRAPH_DOCS}]


def no_such_object(node: str, method: str) -> GraphError:
    """Unknown id, or one the token may not see: Graph tells both with the same words."""
    return GraphError(
        100,
        subcode=33,
        message=f"Unsupported {method.lower()} request. Object with ID '{node}' does not exist, cannot be loaded "
        "due to missing permissions, or does not support this operation",
    )


DETAILS: dict[int, str] = {
    131026: "Message undeliverable. The recipient's phone number is not a WhatsApp phone number.",
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    131049: "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    131050: "Message failed to send because the user has stopped marketing messages from this business.",
    131053: "Media file could not be fetched or its type does not match.",
    131000: "Message failed to send due to an unknown error.",
    132015: "The template is paused due to low quality and cannot be sent.",
}
