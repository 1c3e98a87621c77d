"""A made-up case for `daybook demo`: nobody in it exists.

Every number, address and plate is one that cannot be real. The content comes from a seed and a reference
time, so the same call always gives the same bytes. Nothing here reads a clock, a file or a setting.
"""

from daybook.site.demo.case import DemoCase, make_case
from daybook.site.demo.shapes import DemoAmendment, DemoEntry, DemoExhibit

__all__ = ["DemoAmendment", "DemoCase", "DemoEntry", "DemoExhibit", "make_case"]
