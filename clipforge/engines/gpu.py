"""What CTranslate2 says of the GPUs here, as one line of JSON: ``python -m clipforge.engines.gpu``.

A process of its own: a broken driver takes this one along instead of the run, and no memory of a GPU stays taken.
"""

from __future__ import annotations

import ctypes
import json
import sys

CUBLAS = "libcublas.so.12"
"""Which CTranslate2 4 opens when it first multiplies: without it a model loads, and fails at its first window."""


def main() -> None:
    """Answers ``{"count": …, "types": […], "error": "…"}`` to the process that started this one."""
    import ctranslate2

    count, types, error = 0, [], ""
    try:
        count = ctranslate2.get_cuda_device_count()
        if count:
            types = sorted(ctranslate2.get_supported_compute_types("cuda"))
            if sys.platform == "linux":
                ctypes.CDLL(CUBLAS)
    except (RuntimeError, ValueError, OSError) as problem:
        error = " ".join(str(problem).split())
    json.dump({"count": count, "types": types, "error": error}, sys.stdout)


if __name__ == "__main__":
    main()
