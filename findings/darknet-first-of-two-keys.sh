#!/usr/bin/env bash
# Of two equal keys in a section of a .cfg, darknet takes the first (and calls the
# other unused), OpenCV's reader of the same file the last, without a word.
#
# Packages (Debian 12): darknet 0.0.0+git20180914, python3-opencv 4.6.0,
# python3-numpy. Prints what each answers; fails where that is no longer so.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' darknet python3-opencv
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# One 1x1 convolution without bias: weights 1, so that it adds three channels.
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
activation=relu
CFG
/usr/bin/python3 - <<'PY'
import ctypes, struct
import cv2, numpy as np

with open('net.weights', 'wb') as out:
    out.write(struct.pack('<iiiQ', 0, 2, 0, 0))
    out.write(np.zeros(6, '<f4').tobytes() + np.ones(18, '<f4').tobytes())
negative = np.full((1, 3, 1, 1), -1, np.float32)

lib = ctypes.CDLL('/usr/lib/darknet/libdarknet.so')
lib.load_network.restype = ctypes.c_void_p
lib.network_predict.restype = ctypes.POINTER(ctypes.c_float)
net = lib.load_network(b'net.cfg', b'net.weights', 0)
lib.set_batch_network(ctypes.c_void_p(net), 1)
darknet = lib.network_predict(ctypes.c_void_p(net),
                              negative.ctypes.data_as(ctypes.c_void_p))[0]

opencv = cv2.dnn.readNetFromDarknet('net.cfg', 'net.weights')
opencv.setInput(negative)
opencv = float(opencv.forward().ravel()[0])
print('activation=linear, then activation=relu, on -3:',
      'darknet', darknet, 'opencv', opencv)
assert darknet == -3, 'darknet took the second'
assert opencv == 0, 'OpenCV took the first'
PY
