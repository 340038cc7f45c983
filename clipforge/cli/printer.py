"""Which way of drawing events suits where our output goes."""

from __future__ import annotations

import sys

from clipforge.cli.console import JsonPrinter, PlainPrinter, Printer
from clipforge.settings import Settings


def printer_for(settings: Settings, clips: int) -> Printer:
    """The printer that suits where our output goes. ``clips``: how many the run is about."""
    if settings.json:
        return JsonPrinter(sys.stdout)
    plain = PlainPrinter(sys.stdout, sys.stderr, settings, shows_captions=clips == 1)
    if sys.stderr.isatty() and not settings.quiet:
        from clipforge.cli.live import LivePrinter

        return LivePrinter(plain, both=sys.stdout.isatty())
    return plain
