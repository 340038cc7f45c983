"""What is remembered: keys, the disk cache, the stat memo, the ledger of outputs, locks and private folders.

Everything here lives in one folder on a local disk (see `clipforge.store.rooms`). A network file system is not
supported: SQLite's locks and flock do not hold there.
"""
