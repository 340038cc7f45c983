"""``clipforge`` and ``python -m clipforge``.

Kept this small because spawned workers may see it; the command line is imported when it runs.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from clipforge.cli.entry import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
