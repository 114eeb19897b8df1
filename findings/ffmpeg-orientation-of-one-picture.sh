#!/usr/bin/env bash
# FFmpeg and the display orientation message of H.264 (D.2.27): its field
# display_orientation_repetition_period is 1, the message holds for the pictures
# after it, too; FFmpeg gives it to the one picture that carries it.
#
# Output seen with FFmpeg 5.1.9 (Debian 12):
#   repetition period 1
#   60 pictures, 1 of them turned
#
# Needs: ffmpeg. Ends with 1 when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
ffmpeg -version | head -n 1
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -frames:v 60 \
  -c:v libx264 -g 30 -bf 0 -sc_threshold 0 plain.mp4
ffmpeg -v error -i plain.mp4 -c copy -bsf:v \
  h264_metadata=display_orientation=insert:rotate=90 turned.mp4
period=$(ffmpeg -v trace -i turned.mp4 -c copy -bsf:v trace_headers \
  -frames:v 1 -f null - 2>&1 \
  | sed -n 's/.*display_orientation_repetition_period .*= //p' | head -n 1)
echo "repetition period $period"
pictures=$(ffprobe -v error -show_frames turned.mp4 | grep -c '^\[FRAME\]')
turned=$(ffprobe -v error -show_frames turned.mp4 | grep -c '^rotation=90')
echo "$pictures pictures, $turned of them turned"
[[ $period == 1 && $pictures == 60 && $turned == 1 ]]
