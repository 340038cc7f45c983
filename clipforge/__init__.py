"""ClipForge captions video clips."""

__version__ = "0.1.0"
