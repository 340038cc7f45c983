"""The pictures of the example clips, drawn like posters: flat colours and slow motion, which also make small files.

A scene is a function of the time in seconds and of how far through its clip that is, 0 to 1.
"""

from pictures.clips import bridge, castle, market
from pictures.drawing import Scene
from pictures.harbour import harbour

__all__ = ["Scene", "bridge", "castle", "harbour", "market"]
