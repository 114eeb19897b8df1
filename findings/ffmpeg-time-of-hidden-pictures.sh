#!/usr/bin/env bash
# FFmpeg and a raw H.264 stream that begins at a recovery point, as one that is
# recorded from the middle of a gradual intra refresh: the decoder rightly
# holds back the pictures of the refresh, and the ffmpeg program counts their
# time: the first picture that is shown is not at 0. H.264 with B frames in AVI,
# which has no times of presentation, begins at the delay of the decoder.
#
# Output seen with FFmpeg 5.1.9 (Debian 12):
#   100 packets, first picture shown at 18
#   H.264 in AVI: first picture at 2
#
# Needs: ffmpeg, python3. Ends with 1 when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
ffmpeg -version | head -n 1
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -frames:v 150 \
  -c:v libx264 -bf 0 -threads 1 -x264-params intra-refresh=1:keyint=50 all.264
python3 - <<'P'
data = open('all.264', 'rb').read()
starts = [i for i in range(len(data) - 3) if data[i:i + 3] == b'\0\0\1']
kinds = [data[i + 3] & 31 for i in starts]
units, fresh = [], True
for at, kind in zip(starts, kinds):
    if fresh:
        units.append(at)
    fresh = kind in (1, 5)
sets = b''.join(data[a:b] for a, b, k in zip(starts, starts[1:], kinds)
                if k in (7, 8) and a < units[1])
open('cut.264', 'wb').write(sets + data[units[50]:])
P
first() {
  ffmpeg -v error -i "$1" -fps_mode passthrough -f framecrc - \
    | grep -v '^#' | sed -n 's/^0, *\([0-9]*\),.*/\1/p;' | sed -n 1p
}
packets=$(ffprobe -v error -count_packets -show_entries \
  stream=nb_read_packets -of csv=p=0 cut.264)
raw=$(first cut.264)
echo "$packets packets, first picture shown at $raw"
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -frames:v 60 \
  -c:v libx264 -bf 3 -threads 1 b.avi
avi=$(first b.avi)
echo "H.264 in AVI: first picture at $avi"
[[ $packets == 100 && $raw == 18 && $avi == 2 ]]
