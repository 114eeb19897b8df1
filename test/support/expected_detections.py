#!/usr/bin/env python3
"""Prints what the shared TorchScript networks say about one picture.

usage: expected_detections.py MODELS IMAGE.ppm

An implementation apart from ours, in plain PyTorch and torchvision, of the
decoding that the models' sources describe. test/runtime/nn/frames_test.cpp
keeps what it printed.
"""
import sys

import torch
from torch.nn.functional import interpolate
from torchvision.ops import batched_nms

LEVELS = {
    16: ([15.012, 13.17, 19.67, 37.734, 25.056, 70.572, 53.248, 33.79, 104.738,
          76.564, 47.124],
         [33.376, 55.35, 80.4, 47.07, 110.014, 51.754, 80.216, 145.092, 74.204,
          114.042, 193.894]),
    64: ([149.542, 95.642, 67.098, 146.058, 118.698, 77.356, 225.868, 148.356,
          200.298, 187.102, 142.32],
         [99.006, 157.426, 271.322, 154.164, 211.738, 373.56, 157.608, 284.99,
          241.484, 368.22, 496.012]),
    128: ([298.036, 436.808, 291.566, 186.38, 328.214, 971.906, 357.798,
           683.384],
          [249.18, 233.772, 408.43, 673.46, 581.616, 259.818, 818.59, 518.61]),
}


def read_ppm(path):
    """A picture as float [1, 3, height, width], RGB, 0 to 255."""
    with open(path, "rb") as file:
        data = file.read()
    width, height = (int(x) for x in data.split(None, 4)[1:3])
    pixels = torch.frombuffer(bytearray(data[-width * height * 3:]),
                              dtype=torch.uint8)
    return pixels.reshape(1, height, width, 3).permute(0, 3, 1, 2).float()


def show(name, boxes, scores, labels, limit):
    keep = batched_nms(boxes, scores, labels, limit)
    keep = keep[scores[keep] >= 0.6]
    for i in keep[:6]:
        box = ", ".join(f"{x:.4f}f" for x in boxes[i].clamp(0, 1))
        print(f"{name}: {{{{{box}}}, {int(labels[i])}, {scores[i]:.4f}f}},")


def nanodet(models, image):
    """The picture has to be 1280 x 720: then nothing is resized."""
    x = torch.zeros(1, 3, 736, 1280)
    x[:, :, :720] = image.flip(1)
    mean = torch.tensor([103.53, 116.28, 123.675]).reshape(1, 3, 1, 1)
    std = torch.tensor([57.375, 57.12, 58.395]).reshape(1, 3, 1, 1)
    y = torch.jit.load(f"{models}/nanodet-plus-m.torchscript.pt")(
        (x - mean) / std)[0]
    centres, strides = [], []
    for s in (8, 16, 32, 64):
        rows, columns = -(-736 // s), -(-1280 // s)
        gy, gx = torch.meshgrid(torch.arange(rows), torch.arange(columns),
                                indexing="ij")
        centres.append(torch.stack([gx, gy], -1).reshape(-1, 2) * s)
        strides.append(torch.full((rows * columns, 1), s))
    centre, stride = torch.cat(centres).float(), torch.cat(strides).float()
    side = (y[:, 80:].reshape(-1, 4, 8).softmax(-1)
            * torch.arange(8.0)).sum(-1) * stride
    boxes = torch.cat([centre - side[:, :2], centre + side[:, 2:]], 1)
    row, label = (y[:, :80] >= 0.05).nonzero(as_tuple=True)
    size = torch.tensor([1280.0, 720.0, 1280.0, 720.0])
    show("nanodet", boxes[row] / size, y[row, label], label, 0.6)


def crossroad(models, image):
    x = image.flip(1)
    x = interpolate(x, (1024, 1024), mode="bilinear", align_corners=False)
    loc, conf = torch.jit.load(
        f"{models}/pvb-crossroad-0078_1024.torchscript.pt")(x)
    priors = []
    for step, (widths, heights) in LEVELS.items():
        n = 1024 // step
        gy, gx = torch.meshgrid(torch.arange(n), torch.arange(n),
                                indexing="ij")
        centre = (torch.stack([gx, gy], -1).reshape(-1, 1, 2) + 0.5) * step
        size = torch.tensor([widths, heights]).T.reshape(1, -1, 2)
        priors.append(torch.cat([centre.expand(-1, size.shape[1], 2),
                                 size.expand(n * n, -1, 2)], -1).reshape(-1, 4))
    prior = torch.cat(priors)
    centre = prior[:, :2] + loc[0, :, :2] * 0.1 * prior[:, 2:]
    size = prior[:, 2:] * (loc[0, :, 2:] * 0.2).exp()
    boxes = torch.cat([centre - size / 2, centre + size / 2], 1) / 1024
    row, label = (conf[0, :, 1:] >= 0.05).nonzero(as_tuple=True)
    show("crossroad", boxes[row], conf[0, row, label + 1], label, 0.45)


def main():
    models, image = sys.argv[1], read_ppm(sys.argv[2])
    with torch.no_grad():
        nanodet(models, image)
        crossroad(models, image)


main()
