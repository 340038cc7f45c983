"""Pure: words in, cues out. No file, no clock, no process is touched here."""
