#!/usr/bin/env python
"""The console's way in to Parley."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.umask(0o077)  # the database, files and keys that commands write are for their owner's eyes only
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inbox.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
