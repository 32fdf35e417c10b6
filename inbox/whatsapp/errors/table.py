"""Every error code of the protocol page, section 8, once: what it means and what follows from it.

Codes below zero are ours: they name what can go wrong before WhatsApp has answered anything that can be read.
"""

from __future__ import annotations

from datetime import timedelta

from . import words as w
from .shape import Effect, Info, Retry
from .words import Step

NO_ANSWER = -1  # bytes left us, then silence or a cut line
NO_CONNECTION = -2  # nothing left us
BAD_ANSWER = -3  # an answer came, but it cannot be read
HELD_BY_US = -4  # not tried: WhatsApp's usage headers say that we are about to be cut off
BAD_DOWNLOAD = -5  # a file that could not be fetched

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _permission(meaning: str) -> Info:
    return Info(meaning, w.CONNECTION_LOST, Step.RECONNECT, effect=Effect.RECONNECT)


def _token(meaning: str) -> Info:
    # Held, not failed: a new token lets everything that waits go out.
    return Info(meaning, w.CONNECTION_LOST, Step.RECONNECT, Retry.HELD, Effect.RECONNECT)


def _calls(meaning: str) -> Info:
    return Info(meaning, w.BUSY_ELSEWHERE, Step.WAIT, Retry.BACKOFF, Effect.PAUSE, wait=MINUTE, tries=8, pause=MINUTE)


def _temporary(meaning: str, tries: int) -> Info:
    return Info(meaning, w.TEMPORARY, Step.RETRY, Retry.BACKOFF, wait=2 * SECOND, tries=tries)


def _ours(meaning: str) -> Info:
    return Info(meaning, w.OUR_MISTAKE, Step.REPORT)


def _template(meaning: str) -> Info:
    return Info(meaning, w.TEMPLATE_TEXT, Step.DETAILS)


AUTHORISATION: dict[int, Info] = {
    **{code: _permission("Permission not granted or removed") for code in range(200, 300)},
    0: _token("The app user cannot be authenticated"),
    3: _permission("Capability or permission missing"),
    10: _permission("Permission not granted or removed, or not eligible"),
    102: _token("Session expired"),
    104: _permission("Token or signature missing"),
    190: _token("Token expired or invalid"),
    200: _permission("No token given, or permission missing"),
}

THROTTLING: dict[int, Info] = {
    4: _calls("App call limit"),
    17: _calls("User call limit"),
    32: _calls("Page call limit"),
    341: _calls("App limit"),
    613: _calls("Custom call limit"),
    80007: Info("Account call limit", w.TOO_FAST, Step.WAIT, Retry.BACKOFF, Effect.PAUSE, wait=MINUTE, tries=8, pause=MINUTE),
    130429: Info("Number throughput reached", w.TOO_FAST, Step.WAIT, Retry.BACKOFF, wait=SECOND, tries=10),
    131048: Info("Spam restriction on this number", w.SPAM, Step.ADMIN),
    131056: Info("Pair limit", w.TOO_FAST_HERE, Step.WAIT, Retry.BACKOFF, wait=SECOND, factor=4, tries=6),
    131064: Info("Messaging limit for misclassified templates", w.MISCLASSIFIED, Step.ADMIN, Retry.AFTER, wait=DAY),
    133016: Info("Too many registrations", w.TRY_LATER, Step.WAIT, Retry.AFTER, wait=3 * DAY),
}

INTEGRITY: dict[int, Info] = {
    33: Info("Number deleted or id invalid", w.NUMBER_GONE, Step.ADMIN, effect=Effect.BLOCK),
    368: Info("Account restricted or disabled for policy", w.LOCKED, Step.ADMIN, effect=Effect.BLOCK),
    130497: Info("Account may not message this country", w.COUNTRY, Step.ADMIN),
    131031: Info("Account locked, or PIN mismatch", w.LOCKED, Step.ADMIN, effect=Effect.BLOCK),
    131037: Info("Display name not approved", w.DISPLAY_NAME, Step.ADMIN, effect=Effect.BLOCK),
    131042: Info("Payment problem", w.BILLING, Step.ADMIN, Retry.HELD, Effect.BLOCK),
    131044: Info("Payment problem, calling", w.BILLING, Step.ADMIN),
    131045: Info("Number not registered correctly", w.NOT_REGISTERED, Step.ADMIN, effect=Effect.BLOCK),
    131057: Info(
        "Maintenance or throughput upgrade",
        w.MAINTENANCE,
        Step.WAIT,
        Retry.BACKOFF,
        Effect.PAUSE,
        wait=MINUTE,
        tries=6,
        pause=MINUTE,
    ),
    134011: Info("WhatsApp Payments terms pending", w.PAYMENT_TERMS, Step.ADMIN),
}

SENDING: dict[int, Info] = {
    1: Info("Invalid request or server error", w.TEMPORARY, Step.RETRY, Retry.ONCE, wait=5 * SECOND, tries=2),
    2: _temporary("Temporary downtime or overload", 8),
    100: _ours("Unsupported, misspelled or too long parameter"),
    130403: Info("We blocked this user", w.BLOCKED_BY_US, Step.UNBLOCK),
    130472: Info("User in a marketing experiment", w.EXPERIMENT, Step.ASK),
    131000: _temporary("Unknown failure", 3),
    131005: _permission("Permission missing"),
    131008: _ours("Required parameter missing"),
    131009: _ours("Parameter value invalid"),
    131014: Info("Media link could not be fetched", w.BAD_LINK, Step.REATTACH),
    131016: _temporary("Service unavailable", 8),
    131020: Info("Group has a single member", w.GROUP),
    131021: Info("Recipient is the sender", w.TO_OURSELVES, Step.NONE),
    131026: Info("Undeliverable", w.UNDELIVERABLE, Step.NUMBER),
    131030: Info("Test number: recipient not in the allowed list", w.TEST_NUMBER, Step.ADMIN),
    131041: Info("Group unknown", w.GROUP),
    131047: Info("More than 24 hours since the last user message", w.WINDOW_CLOSED, Step.TEMPLATE),
    131049: Info("Withheld: per-user marketing limit", w.HELD_BACK, Step.WAIT, Retry.AFTER, wait=DAY),
    131050: Info("User stopped marketing from us", w.STOPPED_MARKETING, Step.PICK),
    131051: Info("Unsupported message type", w.UNSUPPORTED, Step.COPY),
    131052: Info("Inbound media could not be downloaded", w.MEDIA_DOWN, Step.REATTACH),
    131053: Info("Media upload failed", w.MEDIA_UP, Step.REATTACH),
    131055: _ours("Method not allowed"),
    131059: Info("Cursor invalid or expired", w.TEMPORARY, Step.RETRY, Retry.ONCE, wait=SECOND, tries=2),
    131060: Info("Inbound message currently unavailable", w.UNAVAILABLE, Step.NONE),
    131062: Info("BSUID not supported for this message", w.NEEDS_PHONE, Step.PHONE),
    131063: Info("Marketing templates disabled on Cloud API", w.MARKETING_OFF, Step.ADMIN),
    135000: Info("Generic parameter error", w.OUR_MISTAKE, Step.REPORT, Retry.ONCE, wait=5 * SECOND, tries=2),
    137000: Info("Recipient identity key mismatch", w.IDENTITY_CHANGED, Step.IDENTITY),
}

TEMPLATES: dict[int, Info] = {
    132000: Info("Parameter count mismatch", w.FIELDS, Step.FILL),
    132001: Info("Template missing in that language or not approved", w.NO_TRANSLATION, Step.LANGUAGE),
    132005: Info("Rendered text too long", w.TOO_LONG, Step.SHORTEN),
    132007: Info("Content policy", w.POLICY, Step.PICK),
    132008: Info("Parameter value wrong", w.FIELDS, Step.FILL),
    132012: Info("Parameter format mismatch", w.FIELDS, Step.FILL),
    132015: Info("Template paused", w.PAUSED, Step.PICK, Retry.AFTER, wait=3 * HOUR),
    132016: Info("Template disabled for good", w.DISABLED, Step.PICK),
    132018: Info("Template validation error", w.FIELDS, Step.FILL),
    132068: Info("Flow blocked", w.FORM_OFF, Step.ADMIN),
    132069: Info("Flow throttled", w.FORM_SLOWED, Step.WAIT, Retry.AFTER, wait=HOUR),
    134100: _ours("Marketing Messages API takes only marketing templates"),
    134101: Info("Template still syncing", w.SYNCING, Step.WAIT, Retry.AFTER, wait=10 * MINUTE),
    134102: Info("Template unavailable for the Marketing Messages API", w.DISABLED, Step.PICK),
    200005: Info("Template insights unavailable", w.INSIGHTS),
    200006: Info("Template insights cannot be disabled", w.INSIGHTS),
    200007: Info("Template insights not enabled", w.INSIGHTS),
    2388019: Info("Template count limit", w.TEMPLATE_LIMIT, Step.ADMIN),
    2388023: Info("Language being deleted", w.TEMPLATE_BUSY, Step.WAIT, Retry.AFTER, wait=HOUR),
    2388024: Info("Name and language exist", w.TEMPLATE_EXISTS),
    2388039: Info("Status does not allow the change", w.TEMPLATE_BUSY, Step.WAIT, Retry.AFTER, wait=DAY),
    2388040: _template("Field too long"),
    2388047: _template("Header format"),
    2388072: _template("Body format"),
    2388073: _template("Footer format"),
    2388293: Info("Too many variables for the length", w.TEMPLATE_FIELDS),
    2388299: Info("Variable at start or end", w.TEMPLATE_FIELDS),
}

REGISTRATION: dict[int, Info] = {
    133000: Info("Earlier deregistration incomplete", w.NOT_REGISTERED, Step.ADMIN),
    133004: _temporary("Server temporarily unavailable", 8),
    133005: Info("PIN wrong", w.PIN_WRONG),
    133006: Info("Number not verified", w.VERIFY_FIRST, Step.ADMIN),
    133008: Info("Too many PIN guesses", w.TRY_LATER, Step.WAIT, Retry.AFTER, wait=HOUR),
    133009: Info("PIN guesses too fast", w.TRY_LATER, Step.WAIT, Retry.AFTER, wait=MINUTE),
    133010: Info("Number not registered", w.NOT_REGISTERED, Step.ADMIN, effect=Effect.BLOCK),
    133015: Info("Number recently deleted", w.TRY_LATER, Step.WAIT, Retry.AFTER, wait=5 * MINUTE),
    **{code: Info("Migration problem", w.REFUSED) for code in (2388012, 2388091, 2388093, 2388103, 2494100)},
    2593107: Info("Coexistence sync already requested", w.REFUSED, Step.ADMIN),
    2593108: Info("Coexistence sync only within 24 hours of onboarding", w.REFUSED, Step.ADMIN),
    1752041: Info("Marketing Messages onboarding already requested", w.REFUSED, Step.NONE),
}

OTHERS: dict[int, Info] = {
    **{code: Info("Group refused", w.GROUP) for code in range(131201, 131216)},
    131208: Info("Group rate limit", w.TOO_FAST, Step.WAIT, Retry.BACKOFF, wait=10 * SECOND, tries=6),
    **{code: Info("Call refused", w.CALLING) for code in range(138000, 138019)},
    138005: Info("Call rate limit", w.TRY_LATER, Step.WAIT, Retry.AFTER, wait=MINUTE),
    138012: Info("Five connected calls per day reached", w.TRY_LATER, Step.WAIT, Retry.AFTER, wait=DAY),
    **{code: Info("Flow management", w.REFUSED) for code in range(139000, 139005)},
    139100: Info("Some of the users were not blocked or unblocked", w.BLOCK_LIST),
    139101: Info("Block list full", w.BLOCK_LIST, Step.ADMIN),
    139102: Info("Block list changed at the same time", w.BLOCK_LIST, Step.RETRY, Retry.BACKOFF, wait=SECOND, tries=4),
    139103: Info("Block list internal error", w.BLOCK_LIST, Step.RETRY, Retry.BACKOFF, wait=SECOND, tries=4),
    **{code: Info("Reported by the health status", w.REFUSED, Step.ADMIN) for code in range(141000, 141016)},
    **{code: Info("Username refused", w.USERNAME, Step.ADMIN) for code in range(147001, 147006)},
}

OURS: dict[int, Info] = {
    NO_ANSWER: Info("No answer after the request had left", w.OUTCOME_UNKNOWN, Step.CHECK),
    NO_CONNECTION: Info("No connection", w.NO_CONNECTION, Step.RETRY, Retry.BACKOFF, wait=2 * SECOND, tries=12),
    BAD_ANSWER: Info("An answer that cannot be read", w.OUTCOME_UNKNOWN, Step.CHECK),
    HELD_BY_US: _calls("Not tried: usage headers are near the limit"),
    BAD_DOWNLOAD: Info("The file could not be fetched", w.MEDIA_DOWN, Step.REATTACH),
}

CATALOGUE: dict[int, Info] = {
    **AUTHORISATION,
    **THROTTLING,
    **INTEGRITY,
    **SENDING,
    **TEMPLATES,
    **REGISTRATION,
    **OTHERS,
    **OURS,
}
