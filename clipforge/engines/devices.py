"""What this machine can run models on."""

from __future__ import annotations

from clipforge.errors import ToolMissing


def check_device(device: str) -> None:
    """Raises `ToolMissing` for a GPU that is not here. Loads CTranslate2, and only where a GPU is asked for."""
    if device != "cuda":
        return
    import ctranslate2

    try:
        found = ctranslate2.get_cuda_device_count()
    except RuntimeError as error:
        raise ToolMissing("--device cuda", " ".join(str(error).split()), "--device cpu") from error
    if not found:
        raise ToolMissing("--device cuda", "there is no GPU here that CTranslate2 can use", "--device cpu")
