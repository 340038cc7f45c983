"""The stages of a clip: ties the rooms together.

::

    request ─▶ prepare ─▶ examine each clip ─▶ flow ───────────────────────────────────▶ write
               (paths,     (ledger: up to       survey ▸ listen ▸ language ▸ transcribe    (lay out, files,
                model,      date? kept?)        in worker processes; windows of many        ledger)
                outputs)                        clips share a batch; words go to the cache

`prepare` refuses what can be refused before any work starts; `examine` says what a clip needs and why, for the run
and for ``--dry-run`` alike; `flow` drives the pool; `finish` writes the files. Nothing here prints or reads the
environment.
"""
