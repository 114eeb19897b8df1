#!/usr/bin/env bash
# OpenCV's VideoCapture, told to go to a frame by its number
# (CAP_PROP_POS_FRAMES), gives another one where the file is a stream without an
# index. In MPEG-TS the first pictures are never reached again: asked for frame 0
# right after the file was opened, it gives a later one (the 17th here) and says
# that it stands at 0. In raw H.264 a fresh capture stays at the first picture,
# whatever is asked for, and the number of frames is negative. The same packets in
# MP4 and Matroska are found exactly.
#
# Packages (Debian 12): python3-opencv 4.6, ffmpeg 5.1. The pictures carry their
# number; prints which one comes for four numbers asked for, each from a fresh
# capture; fails where that changes.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' python3-opencv ffmpeg
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

bits=$(for i in 0 1 2 3 4 5 6 7; do
  echo -n "drawbox=x=$((i * 64)):y=0:w=64:h=60:color=white:t=fill"
  echo -n ":enable='mod(floor(n/$((1 << i))),2)',"
done)
ffmpeg -v error -f lavfi -i color=black:size=512x64:rate=25:duration=8 \
  -vf "${bits%,}" -c:v libx264 -g 25 x.mp4
for to in mkv ts h264; do
  ffmpeg -v error -i x.mp4 -c copy "x.$to"
done

cat >seek.py <<'PY'
import sys

import cv2


def shown(path, n):
    capture = cv2.VideoCapture(path)
    capture.set(cv2.CAP_PROP_POS_FRAMES, n)
    said = round(capture.get(cv2.CAP_PROP_POS_FRAMES))
    good, picture = capture.read()
    number = sum(1 << i for i in range(8) if picture[30, i * 64 + 32, 0] > 128)
    return number if good else None, said


asked = [0, 14, 60, 110]
right = {
    "x.mp4": lambda seen, count: seen == asked and count == 200,
    "x.mkv": lambda seen, count: seen == asked and count == 200,
    "x.ts": lambda seen, count: seen[0] > 0 and seen[1] > 14 and seen[2:] == asked[2:],
    "x.h264": lambda seen, count: seen == [0, 0, 0, 0] and count < 0,
}
status = 0
for path, expected in right.items():
    seen = [shown(path, n) for n in asked]
    count = cv2.VideoCapture(path).get(cv2.CAP_PROP_FRAME_COUNT)
    print(f"{path}: {count:.0f} frames; asked for {asked}, got {[x for x, _ in seen]}, said {[x for _, x in seen]}")
    if not expected([x for x, _ in seen], count) or seen[0][1] != 0:
        status = 1
sys.exit(status)
PY
/usr/bin/python3 seek.py 2>/dev/null
