"""The only rooms that touch ffmpeg: finding and running it, probing clips, listening to them, finding clips in folders.

The way of a clip through here::

    find_clips ──▶ probe ──▶ listen:  ffmpeg ──pipe──▶ spool file
                   (PyAV)                        └───▶ speech.AnchoredDetector ──▶ windows.plan ──▶ Manifest
"""
