"""Something that ClipForge needs is not on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from clipforge.errors.base import MissingError


@dataclass(eq=False)
class ModelMissing(MissingError):
    """A known model that is not on this machine."""

    name: str
    why: str = ""
    """What is wrong with the one that is here, if one is."""

    @property
    def message(self) -> str:
        return f"model {self.name} is not on this machine" + (f": {self.why}" if self.why else "")

    advises: ClassVar[str] = "clipforge models pull {name}"


@dataclass(eq=False)
class DownloadFailed(MissingError):
    """A model could not be fetched. What has come is kept: the same command goes on from there."""

    name: str
    why: str

    says: ClassVar[str] = "could not get model {name}: {why}"
    advises: ClassVar[str] = "the same command goes on; from elsewhere: clipforge models pull {name} --from FOLDER"


@dataclass(eq=False)
class ToolMissing(MissingError):
    """A program or library that ClipForge drives is not usable."""

    tool: str
    why: str
    fix: str = ""

    says: ClassVar[str] = "{tool}: {why}"
    advises: ClassVar[str] = "{fix}"
