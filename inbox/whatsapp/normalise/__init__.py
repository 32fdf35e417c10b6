"""Turns webhook bodies into envelopes: pure, complete, and never raising on what a body holds.

What ``Said.content`` holds, by ``Said.kind`` (keys that would be empty are left out):

=============  =======================================================================================================
text           nothing
image, video,  nothing: the file is in ``media``, its caption in ``text``
audio,
document,
sticker
location       ``latitude``, ``longitude`` (degrees), ``name``, ``address``, ``url``
contacts       ``people``: cards with ``name``, ``first_name``, ``last_name``, ``phones`` [``phone``, ``whatsapp``, ``type``],
               ``emails`` [``email``, ``type``], ``company``, ``department``, ``title``, ``addresses`` [``street``, ``city``,
               ``state``, ``zip``, ``country``, ``type``], ``urls`` [``url``, ``type``], ``birthday``, ``origin``
               (``contact_request``: the customer's own card, pressed for by our button); ``text`` has the names
interactive    ``reply`` button or list: ``id``, ``title``, ``description``; form or address: ``name``, ``answers`` (by
               question; ``{"value": ...}`` if the answer was no object); call_permission: ``response``, ``expires_at``,
               ``source``. ``text`` has the title, or the form's closing line
button         ``payload``; ``text`` has the label
order          ``items`` [``sku``, ``quantity``, ``price``, ``currency``], ``currency``, ``catalog``; ``text`` has the note
system         ``event`` (``welcome`` or WhatsApp's word); ``text`` has WhatsApp's sentence
call           ``event``, ``outcome``, ``seconds``, ``started_at``, ``ended_at``
unsupported    ``what`` (WhatsApp's word for it), ``reason`` (not_supported, unknown_type, malformed, error), ``code``
any kind       ``product`` [``catalog``, ``sku``]: the product that the customer asked about
=============  =======================================================================================================

``Said.referral``: ``source`` (ad or post), ``source_id``, ``url``, ``headline``, ``body``, ``media``, ``image_url``,
``video_url``, ``thumbnail_url``, ``click_id``, ``welcome``. ``StatusChanged.pricing``: ``billable``, ``model``, ``type``,
``category``, ``window`` [``id``, ``origin``, ``until``]. Times inside are ISO 8601 in UTC.
"""

from .body import UnreadableBody, envelopes, read_body

__all__ = ["UnreadableBody", "envelopes", "read_body"]
