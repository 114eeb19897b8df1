#!/usr/bin/python3
"""Makes inputs to begin with for fuzz_segment, one a codec.

usage: media_corpus.py FOLDER
"""

import json
import os
import subprocess
import sys
import tempfile

os.makedirs(sys.argv[1], exist_ok=True)
codecs = [
    ("h264", "h264", ["-c:v", "libx264", "-bf", "2", "-g", "4"]),
    ("hevc", "hevc", ["-c:v", "libx265", "-x265-params", "log-level=error"]),
    ("vp9", "ivf", ["-c:v", "libvpx-vp9", "-deadline", "realtime"]),
    ("av1", "ivf", ["-c:v", "libaom-av1", "-cpu-used", "8"]),
    ("mjpeg", "mjpeg", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]),
]
for number, (name, form, options) in enumerate(codecs):
    with tempfile.NamedTemporaryFile(suffix="." + form) as clip:
        subprocess.run(
            ["ffmpeg", "-y", "-nostdin", "-v", "error", "-f", "lavfi", "-i",
             "testsrc2=size=64x48:rate=25", "-frames:v", "8", "-pix_fmt",
             "yuv420p", *options, "-f", form, clip.name], check=True)
        packets = json.loads(subprocess.run(
            ["ffprobe", "-v", "error", "-show_packets", "-of", "json",
             clip.name], check=True, capture_output=True).stdout)["packets"]
        data = open(clip.name, "rb").read()
        out = bytes([number])
        for packet in packets:
            start, size = int(packet["pos"]), int(packet["size"])
            if form == "ivf":
                start += 12
            out += size.to_bytes(2, "big") + data[start:start + size]
        open(f"{sys.argv[1]}/{name}", "wb").write(out)
