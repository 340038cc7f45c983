"""File names that programs trip over."""

HOSTILE = (
    "two words.mp4",
    'it\'s "quoted".mp4',
    "line\nbreak.mp4",
    "-y.mp4",
    "emoji 🎬.mp4",
    "a.srt,drawtext=x.mp4",
    "%03d.mp4",
    "a:b.mp4",
    "file:x.mp4",
    "http:x.mp4",
    "https://x.mp4".replace("/", "∕"),
    "concat:a|b.mp4",
    "pipe:0.mp4",
    "subfile,,start,0,end,0,,:x.mp4",
    "[0:a]; {x}.mp4",
    "back\\slash.mp4",
    "*?.mp4",
    "x" * 251 + ".mp4",
    "not-utf8-\udcff\udcfe.mp4",
)
