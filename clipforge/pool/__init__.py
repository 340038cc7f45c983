"""Bounded worker processes. `clipforge.pool.pool` has the picture."""
