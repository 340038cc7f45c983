"""The fault suite: what must hold whatever happens to a worker, the disk, the terminal or the machine.

One module for each row of `tests.faults.rows`, named ``test_rowNN_….py``. A test that takes the fixture ``attempt`` is
repeated as often as its row says, and gets the number of the repetition: use it as the seed of whatever is random. The
test run takes the small counts; ``python -m tests.faults --full`` takes the full ones and prints the table of
``docs/reliability.md``.
"""
