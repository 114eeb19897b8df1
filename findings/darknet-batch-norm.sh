#!/usr/bin/env bash
# Darknet adds its 1e-6 beside the root of the variance, OpenCV below it, for
# the same files: where a channel never varied, they differ by a factor of 1000.
#
# Packages (Debian 12): darknet 0.0.0+git20180914, python3-opencv 4.6.0,
# python3-numpy. Prints what each answers; fails where that is no longer so.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' darknet python3-opencv
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
batch_normalize=1
filters=6
size=1
stride=1
activation=linear
CFG
/usr/bin/python3 - <<'PY'
import ctypes, struct
import cv2, numpy as np

# Bias 0, scale 1e-4, mean 0, variance 0, weights 1; the input sums up to 3.
with open('net.weights', 'wb') as out:
    out.write(struct.pack('<iiiQ', 0, 2, 0, 0))
    for value, count in (0, 6), (1e-4, 6), (0, 12), (1, 18):
        out.write(np.full(count, value, '<f4').tobytes())
ones = np.ones((1, 3, 1, 1), np.float32)

lib = ctypes.CDLL('/usr/lib/darknet/libdarknet.so')
lib.load_network.restype = ctypes.c_void_p
lib.network_predict.restype = ctypes.POINTER(ctypes.c_float)
net = lib.load_network(b'net.cfg', b'net.weights', 0)
lib.set_batch_network(ctypes.c_void_p(net), 1)
darknet = lib.network_predict(ctypes.c_void_p(net),
                              ones.ctypes.data_as(ctypes.c_void_p))[0]

opencv = cv2.dnn.readNetFromDarknet('net.cfg', 'net.weights')
opencv.setInput(ones)
opencv = float(opencv.forward().ravel()[0])
print('3e-4 / normalised by a variance of 0:',
      'darknet', darknet, 'opencv', opencv)
assert abs(darknet / (3e-4 / 1e-6) - 1) < 1e-3, '1e-6 is no longer beside it'
assert abs(opencv / (3e-4 / 1e-3) - 1) < 1e-3, '1e-6 is no longer below it'
PY
