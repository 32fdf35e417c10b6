"""Runs the fan-out measurement with the Redis of its environment; prints what it found."""

from __future__ import annotations

import argparse
import json

import django

django.setup()

from .live import fan_out  # noqa: E402  Django must be set up first


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sockets", type=int, required=True)
    found = fan_out(parser.parse_args().sockets)
    print(json.dumps({"hub_per_second": round(found.hub), "bare_per_second": round(found.bare), "ratio": round(found.ratio, 2)}))


if __name__ == "__main__":
    main()
