"""Measurements, run by hand: ``python -m tests.bench.NAME``. Nothing here is asserted, nothing here runs in CI."""
