"""Every pair of colours that may meet is readable in light and dark (WCAG 2.x), read from tokens.css itself."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text()
SWITCH = re.compile(r"--([\w-]+):\s*light-dark\(((?:oklch\([^)]*\)|#\w{6})),\s*((?:oklch\([^)]*\)|#\w{6}))\)")
Rgb = tuple[float, float, float]

SURFACES = ("bg-canvas", "bg-surface", "bg-raised", "bg-sunken", "bg-hover", "bg-selected")
BUBBLES = ("bubble-out", "bubble-in", "bubble-note", "bubble-bot", "bubble-fail")
MEANINGS = ("success", "warn", "danger", "info", "violet")
PAIRS: list[tuple[str, str, float]] = [
    *((text, ground, least) for ground in (*SURFACES, "bg-active", *BUBBLES) for text, least in (("text", 7), ("text-2", 4.5))),
    *(("text-3", ground, 4.5) for ground in SURFACES),
    *(("tick", bubble, 4.5) for bubble in BUBBLES),
    *(("tick-read", bubble, 4.5) for bubble in ("bubble-out", "bubble-note")),
    *((meaning, f"{meaning}-soft", 4.5) for meaning in MEANINGS),
    *((meaning, ground, 4.5) for meaning in MEANINGS for ground in ("bg-surface", "bg-canvas", "bg-hover", "bg-selected")),
    *(("danger", bubble, 4.5) for bubble in ("bubble-fail", "bubble-out")),
    *(("accent-text", ground, 4.5) for ground in ("bg-surface", "accent-soft", "bg-canvas", "bg-hover")),
    *(("on-accent", ground, 4.5) for ground in ("accent", "accent-hover")),
    ("on-danger", "danger-solid", 4.5),
    *(("link", ground, 4.5) for ground in ("bubble-out", "bubble-in", "bubble-note", "bubble-bot", "bg-surface")),
    ("on-tooltip", "tooltip", 7),
    ("text", "mark", 4.5),
    *((control, ground, 3) for ground in SURFACES for control in ("focus", "line-control")),
    *((f"sev-{rank}", ground, 4.5) for rank in range(1, 5) for ground in ("bg-surface", "bg-canvas", "bg-selected")),
    *((f"av-{hue}-fg", f"av-{hue}-bg", 7) for hue in range(1, 11)),
    # What our own components add: words on soft fills, and the green button.
    *(("text", f"{meaning}-soft", 7) for meaning in ("warn", "danger", "success", "info")),
    ("success", "bubble-out", 4.5),
    ("text-2", "bg-active", 4.5),
]  # fmt: skip


def colours() -> dict[str, tuple[str, str]]:
    """The two values of every token that differs between light and dark."""
    return {name: (light, dark) for name, light, dark in SWITCH.findall(TOKENS)}


def luminance(colour: str) -> float:
    """How bright a colour is on an sRGB screen, from 0 to 1."""
    if colour.startswith("#"):
        red, green, blue = (linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    else:
        lightness, chroma, hue = (float(part) for part in colour.removeprefix("oklch(").rstrip(")").split())
        red, green, blue = on_screen(lightness, fitting(lightness, chroma, hue), hue)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def on_screen(lightness: float, chroma: float, hue: float) -> Rgb:
    """OKLCH as linear sRGB, as CSS Color 4 defines it, cut to what a screen shows."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in unbounded(lightness, chroma, hue))
    return red, green, blue


def unbounded(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def fitting(lightness: float, chroma: float, hue: float) -> float:
    """The largest chroma up to the one asked for that a screen can show."""
    low, high = 0.0, chroma
    if all(-1e-4 <= part <= 1.0001 for part in unbounded(lightness, chroma, hue)):
        return chroma
    for _step in range(40):
        middle = (low + high) / 2
        fits = all(-1e-4 <= part <= 1.0001 for part in unbounded(lightness, middle, hue))
        low, high = (middle, high) if fits else (low, middle)
    return low


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast("#000000", "oklch(1 0 0)") == pytest.approx(21, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_pair_that_may_meet_is_readable(theme: int) -> None:
    values = colours()
    assert len(PAIRS) > 110
    poor = {(text, ground): round(contrast(values[text][theme], values[ground][theme]), 2) for text, ground, _least in PAIRS}
    assert {
        pair: ratio
        for pair, ratio in poor.items()
        if ratio < next(least for text, ground, least in PAIRS if (text, ground) == pair)
    } == {}
