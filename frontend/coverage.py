"""Writes coverage.json beside the PDF fonts: which code points each of them can draw.

The PDF maker reads it to print "[U+XXXX]" for a character no font has, because a PDF/A or
PDF/UA compile fails on a missing glyph. Run by build.js, which gives the fonts as JSON on
standard input, in the order in which the PDF maker should try them.
"""

import json
import sys
from pathlib import Path

from fontTools.ttLib import TTFont


def ranges_of(points: set[int]) -> list[list[int]]:
    """Fold code points into sorted, inclusive [first, last] ranges."""
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


def code_points_of(path: Path) -> set[int]:
    """Code points with a glyph of their own: a mapping to .notdef draws only a box, so it does not count."""
    with TTFont(path, lazy=True) as font:
        return {point for point, glyph in font.getBestCmap().items() if glyph != ".notdef"}


def describe(folder: Path, wanted: list[dict[str, str]]) -> dict[str, object]:
    """The coverage document: the families in order, each font's ranges, and the ranges of all together."""
    families: list[str] = []
    fonts = []
    everything: set[int] = set()
    for entry in wanted:
        path = folder / entry["file"]
        with TTFont(path, lazy=True) as font:
            name = font["name"].getBestFamilyName()
        if name != entry["family"]:
            sys.exit(f"{path.name} calls itself {name!r}, but fonts.js says {entry['family']!r}.")
        points = code_points_of(path)
        everything |= points
        if name not in families:
            families.append(name)
        fonts.append({"file": path.name, "family": name, "ranges": ranges_of(points)})
    return {"version": 1, "families": families, "covered": ranges_of(everything), "fonts": fonts}


def main() -> None:
    """Read the list on standard input, write coverage.json into the folder given as the only argument."""
    folder = Path(sys.argv[1])
    document = describe(folder, json.load(sys.stdin))
    text = json.dumps(document, separators=(",", ":"))
    (folder / "coverage.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
