#!/usr/bin/env bash
# OpenCV's reader of a darknet [yolo] layer with new_coords=1 answers right
# boxes and class scores, but what stands where objectness should is something
# else.
#
# Packages (Debian 12): python3-opencv 4.6.0, python3-numpy. Prints how far the
# fifth and the sixth number of a row are off; fails where that is no longer so.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' python3-opencv
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

/usr/bin/python3 - <<'PY'
import struct
import cv2, numpy as np

random = np.random.default_rng(1)
weights = random.normal(size=(6, 3)).astype('<f4') * 3
image = random.random((1, 3, 32, 32)).astype(np.float32)
values = np.einsum('oc,chw->hwo', weights, image[0]).reshape(-1, 6)
values = 1 / (1 + np.exp(-values))
with open('net.weights', 'wb') as out:
    out.write(struct.pack('<iiiQ', 0, 2, 0, 0))
    out.write(np.zeros(6, '<f4').tobytes() + weights.tobytes())

def worst(activation, new_coords):
    open('net.cfg', 'w').write(f'''[net]
batch=1
width=32
height=32
channels=3
[convolutional]
filters=6
size=1
stride=1
activation={activation}
[yolo]
mask=0
anchors=9,7
classes=1
num=1
thresh=0.0001
new_coords={new_coords}
''')
    net = cv2.dnn.readNetFromDarknet('net.cfg', 'net.weights')
    net.setInput(image)
    found = net.forward()
    kept = found[:, 5] > 0 # others are suppressed
    return (float(np.abs(found[:, 4] - values[:, 4]).max()),
            float(np.abs(found[kept, 5] - (values[:, 4] * values[:, 5])[kept])
                  .max()))

plain, new = worst('linear', 0), worst('logistic', 1)
print('new_coords=0: objectness off by', plain[0], 'class score by', plain[1])
print('new_coords=1: objectness off by', new[0], 'class score by', new[1])
assert plain[0] < 1e-5 and plain[1] < 1e-5
assert new[1] < 1e-5, 'class scores are wrong, too'
assert new[0] > .01, 'objectness is written'
PY
