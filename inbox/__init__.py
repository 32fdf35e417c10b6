"""Parley: a self-hosted shared inbox for WhatsApp Business.

The words, one per thing, in code, screen, URL and table:

contact       a person we talk to; known by handles, a phone number is optional
handle        one way a contact is known: phone, wa_id, BSUID, username
number        a business phone number we answer on
conversation  a stretch of work with a contact on a number; at most one open per pair
message       something said to or by the customer
window        the 24 hours after a customer's message in which we may answer freely
template      a message form that WhatsApp approved; all that may be sent outside the window
delivery      the attempt to hand a message to WhatsApp
entry         a line of the trail
notice        an id-only push that tells pages to look again
envelope      a plain dataclass that crosses the border of ``whatsapp``
clearance     what a person is trained and allowed to do, until when
"""
