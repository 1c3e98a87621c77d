"""Daybook's own settings, with one more address: a bare view to compare with."""

from daybook.site.settings import *  # noqa: F403 – all of them, as Django reads them

ROOT_URLCONF = "benchmarks.served_urls"
