"""Every way that ClipForge can fail, and the exit code of each.

::

    ClipforgeError                       exit code
    ├── UsageError                       2   wrong flags, settings or paths: nothing was started
    │   ├── BadSetting
    │   ├── UnknownName                      "Did you mean …?"
    │   ├── NothingFound
    │   ├── NoCaptionFiles
    │   ├── OutputClash
    │   ├── OutputIsSource
    │   ├── FolderNotWritable
    │   ├── WorkFolderUnusable
    │   ├── BadModel
    │   ├── NeedsTrust
    │   ├── InHubCache
    │   └── BudgetTooSmall
    ├── MissingError                     4   something that ClipForge needs is not here
    │   ├── ModelMissing
    │   ├── DownloadFailed
    │   └── ToolMissing
    └── ClipError                        1   this clip failed; the others go on
        ├── ClipUnreadable
        ├── NotMedia
        ├── DamagedMedia
        ├── NoSuchTrack
        ├── PictureUnreadable
        ├── EngineFailed
        ├── OutputFailed
        ├── WorkerDied
        ├── WorkerOverdue
        └── OutOfMemory

An error is a frozen set of facts: its fields carry the data, ``message`` says what and where in one line, ``remedy``
is what the user can type next (or empty). All of them survive a pickle round trip, because workers raise them too.

A signal that asks to stop is a KeyboardInterrupt, which no handler of ours takes for a failure; its exit code is 130.
"""

from clipforge.errors.base import (
    EXIT_BUG,
    EXIT_CLIPS_FAILED,
    EXIT_INTERRUPTED,
    EXIT_MISSING,
    EXIT_OK,
    EXIT_USAGE,
    MOST_NAMES,
    ClipError,
    ClipforgeError,
    MissingError,
    UsageError,
    gib,
    nearest,
)
from clipforge.errors.clip import (
    ClipUnreadable,
    DamagedMedia,
    EngineFailed,
    NoSuchTrack,
    NotMedia,
    OutOfMemory,
    OutputFailed,
    PictureUnreadable,
    WorkerDied,
    WorkerOverdue,
)
from clipforge.errors.missing import (
    DownloadFailed,
    ModelMissing,
    ToolMissing,
)
from clipforge.errors.usage import (
    BadModel,
    BadSetting,
    BudgetTooSmall,
    FolderNotWritable,
    InHubCache,
    NeedsTrust,
    NoCaptionFiles,
    NothingFound,
    OutputClash,
    OutputIsSource,
    UnknownName,
    WorkFolderUnusable,
)

__all__ = [
    "EXIT_BUG",
    "EXIT_CLIPS_FAILED",
    "EXIT_INTERRUPTED",
    "EXIT_MISSING",
    "EXIT_OK",
    "EXIT_USAGE",
    "MOST_NAMES",
    "BadModel",
    "BadSetting",
    "BudgetTooSmall",
    "ClipError",
    "ClipUnreadable",
    "ClipforgeError",
    "DamagedMedia",
    "DownloadFailed",
    "EngineFailed",
    "FolderNotWritable",
    "InHubCache",
    "MissingError",
    "ModelMissing",
    "NeedsTrust",
    "NoCaptionFiles",
    "NoSuchTrack",
    "NotMedia",
    "NothingFound",
    "OutOfMemory",
    "OutputClash",
    "OutputFailed",
    "OutputIsSource",
    "PictureUnreadable",
    "ToolMissing",
    "UnknownName",
    "UsageError",
    "WorkFolderUnusable",
    "WorkerDied",
    "WorkerOverdue",
    "gib",
    "nearest",
]
