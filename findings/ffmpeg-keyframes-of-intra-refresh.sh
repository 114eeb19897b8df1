#!/usr/bin/env bash
# In H.264 with periodic intra refresh FFmpeg marks packets as keyframes that it
# never decodes to keyframes: each start of a refresh (a recovery point) carries
# AV_PKT_FLAG_KEY, in MP4, MPEG-TS and Matroska alike, while of the frames only
# the first is one. A seek goes to such a packet and finds no picture there for
# the length of a refresh; "keyframes alone" gives one picture.
#
# Package (Debian 12): ffmpeg 5.1 with libx264. Prints counts for six seconds with
# a refresh each; fails where they change.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' ffmpeg libx264-164
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25:duration=6 \
  -c:v libx264 -x264-params intra-refresh=1:keyint=25:bframes=0 x.mp4
ffmpeg -v error -i x.mp4 -c copy x.ts
ffmpeg -v error -i x.mp4 -c copy x.mkv

probe() { # FILE OPTIONS
  ffprobe -v quiet "${@:2}" -of csv=p=0 "$1"
}

status=0
for file in x.mp4 x.ts x.mkv; do
  packets=$(probe "$file" -show_entries packet=flags | grep -c K || true)
  frames=$(probe "$file" -show_entries frame=key_frame | grep -c 1 || true)
  alone=$(probe "$file" -skip_frame nokey -show_entries frame=pts_time \
    | grep -c . || true)
  echo "$file: $packets keyframe packets, $frames keyframe, $alone by -skip_frame nokey"
  [[ "$packets $frames $alone" == "6 1 1" ]] || status=1
done
exit $status
