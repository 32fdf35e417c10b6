"""Starts a program that ends with its parent: ``python tether.py PARENT_PID program argument...``

The supervisor may be killed so hard that it cannot stop its children; Linux then does it (elsewhere they have to be stopped by
hand). A program of its own, because the wish survives ``exec`` but must be made between ``fork`` and ``exec``.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent:  # it died before we were tied
        sys.exit(1)
    os.execvp(program[0], program)


if __name__ == "__main__":
    main()
