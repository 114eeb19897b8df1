#!/usr/bin/env bash
# FFmpeg asked for keyframes alone (-skip_frame nokey, AVDISCARD_NONKEY) gives
# half of those of an H.264 stream with open groups of pictures, and these
# backwards in time, as soon as its B-frames refer to each other (x264: two or
# more in a row). A whole decode marks all of them as keyframes and in order;
# with one B-frame in a row, and for HEVC, so does the short way.
#
# Package (Debian 12): ffmpeg 5.1 with libx264. Prints the times of what each way
# gives of six seconds with a keyframe each; fails where that changes.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' ffmpeg libx264-164
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

clip() { # B-frames in a row
  ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25:duration=6 \
    -c:v libx264 -x264-params \
    "open-gop=1:keyint=25:scenecut=0:bframes=$1" "$1.mp4"
}

times() { # FILE [OPTIONS OF FFPROBE]: of its keyframes, in whole seconds
  ffprobe -v quiet "${@:2}" -show_entries frame=pts_time,key_frame \
    -of csv=p=0 "$1" | sed -nE 's/^1,([0-9]+)\..*/\1/p' | xargs
}

clip 1
clip 2
status=0
expect() { # WHAT SEEN EXPECTED
  echo "$1: $2"
  [[ $2 == "$3" ]] || { echo "  was: $3" && status=1; }
}
expect "one B-frame, whole decode    " "$(times 1.mp4)" "0 1 2 3 4 5"
expect "one B-frame, keyframes alone " "$(times 1.mp4 -skip_frame nokey)" \
  "0 1 2 3 4 5"
expect "two B-frames, whole decode   " "$(times 2.mp4)" "0 1 2 3 4 5"
expect "two B-frames, keyframes alone" "$(times 2.mp4 -skip_frame nokey)" \
  "2 1 0"
exit $status
