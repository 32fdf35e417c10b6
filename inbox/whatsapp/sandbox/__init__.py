"""The sandbox: the other end of the wire, an emulation of Meta's WhatsApp Cloud API that runs on this machine.

A program of its own (`manage.py sandbox --world FILE --port N`). It shares no code and no data with the product and
reaches it only by signed webhooks to the callback URL, as Meta would. Off in production.

Graph API, ``/sandbox/graph/{v21.0 … v26.0}/``, bearer token needed (protocol reference, section 11.1)

======================================================  ==================================================
``{number}/messages``                                   POST: every kind of send; mark as read with typing
``{number}/marketing_messages``                         POST: marketing templates only
``{number}/media``; ``{media}``                         POST multipart; GET (URL for five minutes), DELETE
``{number}``                                            GET fields; POST pin, webhook_configuration
``{number}/register``, ``/deregister``                  POST
``{number}/whatsapp_business_profile``                  GET, POST
``{number}/block_users``                                GET, POST, DELETE
``{number}/message_qrdls[/{code}]``                     GET, POST, DELETE
``{waba}``, ``{waba}/phone_numbers``                    GET
``{waba}/message_templates``; ``{template}[/unpause]``  GET, POST, DELETE; GET, POST; review follows
``{waba}/subscribed_apps``                              GET, POST (with handshake, override), DELETE
``{app}/subscriptions``, ``{app}/uploads``              callback URL (app token); header examples
``debug_token``, ``oauth/access_token``                 GET
======================================================  ==================================================

``/sandbox/media-host/…`` hands out media to bearers.

For scripts (JSON in and out; browsers only from the same origin)

==================================  ==========================================================================
``GET/POST /sandbox/people``        list; add a test phone
``POST /sandbox/people/{id}``       ``network`` good, slow, lost; ``plan`` read, delivered, none, twice, fail:N
``…/{id}/messages``                 GET the thread; POST what the person writes
``…/{id}/run``                      POST ``script``, ``seed``
``GET/POST /sandbox/faults``        catalogue and what is on; switch on, off, clear
``GET/POST /sandbox/clock``         ``advance_seconds``, ``speed``, ``rates_enforced``
``GET /sandbox/calls``              what Graph calls came in, by ``opaque``, ``number``, ``type``
``GET /sandbox/webhooks``           what POSTs went out, with attempts and the last answer
``POST /sandbox/events``            a management webhook of any field
``POST /sandbox/templates/{id}/review``  moves a template, or sets its quality
``POST /sandbox/demo``              a dozen customers write, once
==================================  ==========================================================================

``/sandbox/phone/`` is the same for people: a browser plays the customer.

Faults (`faults.CATALOGUE` says what each does): bad_signature, no_signature, old_secret, duplicate_webhook,
webhooks_paused, slow_webhooks; reverse_statuses, skip_delivered, delivered_only, no_statuses, duplicate_statuses,
status_before_response, hold_for_quality; fail_next, window_closed, rate_limited, server_error, malformed_answer,
accept_then_hang, accept_then_reset, slow_answer, token_expired; media_expired, media_endless, media_trickle.

Where things are: `world` (what exists at the start), `sandbox` (all parts put together), `graph` and `edges` (calls),
`sending`, `statuses`, `inbound`, `scripts` (messages), `webhooks` and `agenda` (what leaves, and when), `store` (what
must not be forgotten), `control` and `phone` (scripts and people), `serve` (daphne).

Known departures from WhatsApp: a recipient without plus is matched with a known number first; the pair limit is a debt
of 45 repaid at one per six seconds; groups, calls and flows' own endpoints are missing; times run on a clock that can
be moved (`clock`).
"""
