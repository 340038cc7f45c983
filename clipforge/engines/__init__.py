"""Audio windows in, words out. One module an engine; `base` is what they share, `models` what is on this machine."""
