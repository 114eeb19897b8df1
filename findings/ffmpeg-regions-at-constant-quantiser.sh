#!/usr/bin/env bash
# Regions of interest (AVRegionOfInterest, the filter addroi) change nothing in
# what FFmpeg encodes with libx264 at a constant quantiser, and nobody says so:
# the bytes are those of the run without regions. FFmpeg warns where adaptive
# quantisation is turned off by its option, which it does not see where x264
# turns it off by itself.
#
# Package (Debian 12): ffmpeg 5.1 with libx264. Prints for each way to choose
# quality whether a region changes the stream, and what is said; fails where that
# changes.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' ffmpeg libx264-164
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

encode() { # NAME FILTER OPTIONS
  ffmpeg -v warning -y -f lavfi -i testsrc2=size=640x360:rate=25:duration=2 \
    -vf "$2" -c:v libx264 "${@:3}" -f h264 "$1.264" 2>"$1.said"
}

status=0
compare() { # EXPECTED OPTIONS
  encode without null "${@:2}"
  encode with addroi=x=100:y=100:w=200:h=100:qoffset=-0.8 "${@:2}"
  local seen=changed said=silent
  cmp -s without.264 with.264 && seen=same
  [[ -s with.said ]] && said=warned
  echo "${*:2}: $seen, $said"
  [[ "$seen $said" == "$1" ]] || { echo "  was: $1" && status=1; }
}
compare "changed silent" -crf 30
compare "changed silent" -b:v 300k
compare "same warned" -crf 30 -aq-mode 0
compare "same silent" -qp 30
exit $status
