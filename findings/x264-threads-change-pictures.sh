#!/usr/bin/env bash
# What libx264 makes of a video depends on how many threads encode it, which by
# default is a matter of the machine's cores: other pictures and other sizes at
# the same constant quality, several percent at eight threads. The same number
# of threads gives the same pictures again. Figures in bytes hold for a stated
# number of threads only.
#
# Package (Debian 12): ffmpeg 5.1 with libx264. Prints size and checksum of the
# decoded pictures for some numbers of threads; fails where they become the same,
# or where two runs differ.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' ffmpeg libx264-164
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

encode() { # THREADS
  ffmpeg -v error -y -f lavfi -i testsrc2=size=640x360:rate=25:duration=4 \
    -vf noise=alls=8:all_seed=1 -c:v libx264 -preset veryfast -crf 30 \
    -threads "$1" -f h264 x.264
}

pictures() {
  ffmpeg -v error -threads 1 -i x.264 -f md5 -
}

status=0
seen=()
for threads in 1 2 8; do
  encode "$threads"
  first=$(pictures)
  size=$(stat -c %s x.264)
  encode "$threads"
  again=differs
  [[ $(pictures) == "$first" ]] && again=same
  echo "$threads threads: $size bytes, pictures ${first#MD5=}, a second run: $again"
  [[ $again == same ]] || status=1
  seen+=("$first")
done
[[ $(printf '%s\n' "${seen[@]}" | sort -u | wc -l) == 3 ]] || status=1
exit $status
