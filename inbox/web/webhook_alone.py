"""Runs the webhook as a program of its own, for the top rate: ``uvicorn inbox.web.webhook_alone:application``."""

from __future__ import annotations

import gc
import os

import django
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inbox.settings")
django.setup()
# Rows can be imported only after setup, hence by name.
application = import_string("inbox.web.webhook.application")

# What is there now stays for good: the collector need not look at it again and again.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
