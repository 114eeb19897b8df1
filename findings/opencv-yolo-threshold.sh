#!/usr/bin/env bash
# OpenCV's reader of a darknet [yolo] layer sets every class score below 0.2 to
# 0, unless the section has a `thresh`, which darknet's own files never have.
#
# Packages (Debian 12): python3-opencv 4.6.0, python3-numpy. Prints the scores;
# fails where that is no longer so.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' python3-opencv
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >net.cfg <<'CFG'
[net]
batch=1
width=1
height=1
channels=3
[convolutional]
filters=6
size=1
stride=1
activation=linear
[yolo]
mask=0
anchors=1,1
classes=1
num=1
CFG
/usr/bin/python3 - <<'PY'
import struct
import cv2, numpy as np

# The convolution answers its bias: a class score of logistic(-2)^2 = 0.0142
# with thresh, nothing without; of logistic(0)^2 = 0.25 either way.
def score(bias, config):
    with open('net.weights', 'wb') as out:
        out.write(struct.pack('<iiiQ', 0, 2, 0, 0))
        out.write(np.full(6, bias, '<f4').tobytes()
                  + np.zeros(18, '<f4').tobytes())
    net = cv2.dnn.readNetFromDarknet(config, 'net.weights')
    net.setInput(np.ones((1, 3, 1, 1), np.float32))
    return float(net.forward().ravel()[5])

open('low.cfg', 'w').write(open('net.cfg').read() + 'thresh=0.001\n')
weak, weak_low = score(-2, 'net.cfg'), score(-2, 'low.cfg')
sure = score(0, 'net.cfg')
print('class score 0.0142:', weak, 'with thresh=0.001:', weak_low,
      '; class score 0.25:', sure)
assert weak == 0, 'weak scores are no longer dropped'
assert abs(weak_low - .0142) < 1e-4
assert abs(sure - .25) < 1e-4
PY
