"""The addresses of the inbox: views, conversations, and what is done to them."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import composer, conversation, deeds, inbox, media, message
from .stylesheet import style_sheet

urlpatterns: list[URLPattern] = [
    path("", inbox.home, name="home"),
    path("style/<slug:version>.css", style_sheet, name="style_sheet"),
    path("inbox/team/<slug:slug>/", inbox.team, name="inbox_team"),
    path("inbox/<slug:slug>/", inbox.view, name="inbox_view"),
    path("c/<int:pk>/", conversation.show, name="conversation"),
    path("c/<int:pk>/messages/", conversation.earlier, name="conversation_messages"),
    path("c/<int:pk>/composer/", conversation.composer, name="conversation_composer"),
    path("c/<int:pk>/details/", conversation.details, name="conversation_details"),
    path("c/<int:pk>/replies/", composer.replies, name="conversation_replies"),
    path("c/<int:pk>/media/", composer.media, name="conversation_media"),
    path("c/<int:pk>/templates/", composer.templates, name="conversation_templates"),
    path("c/<int:pk>/interactive/", composer.interactive, name="conversation_interactive"),
    path("c/<int:pk>/assignment/", deeds.assignment, name="conversation_assignment"),
    path("c/<int:pk>/closure/", deeds.closure, name="conversation_closure"),
    path("c/<int:pk>/reopening/", deeds.reopening, name="conversation_reopening"),
    path("c/<int:pk>/reading/", deeds.reading, name="conversation_reading"),
    path("c/<int:pk>/header/", conversation.header, name="conversation_header"),
    path("media/<int:pk>/", media.attachment, name="attachment"),
    path("media/<int:pk>/thumb/", media.thumb, name="attachment_thumb"),
    path("messages/<int:pk>/", message.show, name="message"),
    path("messages/<int:pk>/reactions/", message.reactions, name="message_reactions"),
    path("messages/<int:pk>/retry/", message.retry, name="message_retry"),
    path("messages/<int:pk>/discard/", message.discard, name="message_discard"),
]
