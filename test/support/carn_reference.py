"""CARN and CARN-M x2 as their authors define them (nmhkahn/CARN-pytorch,
carn/model), with the weights of a file: reads RGB floats of WIDTH x HEIGHT
from a file, writes those of the enlarged picture to another.

usage: carn_reference.py WEIGHTS.pth WIDTH HEIGHT IN OUT"""
import sys

import torch
from torch import nn


class Shift(nn.Module):
    def __init__(self):
        super().__init__()
        self.shifter = nn.Conv2d(3, 3, 1)

    def forward(self, x):
        return self.shifter(x)


class Basic(nn.Module):
    """A 1x1 convolution over what is concatenated, and ReLU."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(inputs, outputs, 1), nn.ReLU())

    def forward(self, x):
        return self.body(x)


class Residual(nn.Module):
    def __init__(self, n, groups):
        super().__init__()
        if groups == 1:
            self.body = nn.Sequential(
                nn.Conv2d(n, n, 3, 1, 1), nn.ReLU(), nn.Conv2d(n, n, 3, 1, 1))
        else:
            self.body = nn.Sequential(
                nn.Conv2d(n, n, 3, 1, 1, groups=groups), nn.ReLU(),
                nn.Conv2d(n, n, 3, 1, 1, groups=groups), nn.ReLU(),
                nn.Conv2d(n, n, 1))

    def forward(self, x):
        return torch.relu(self.body(x) + x)


class Block(nn.Module):
    def __init__(self, n, groups):
        super().__init__()
        self.shared = groups > 1
        self.b1 = Residual(n, groups)
        if not self.shared:
            self.b2 = Residual(n, groups)
            self.b3 = Residual(n, groups)
        self.c1, self.c2, self.c3 = (Basic(n * k, n) for k in (2, 3, 4))

    def forward(self, x):
        units = [self.b1] * 3 if self.shared else [self.b1, self.b2, self.b3]
        c0 = o0 = x
        c1 = torch.cat([c0, units[0](o0)], 1)
        o1 = self.c1(c1)
        c2 = torch.cat([c1, units[1](o1)], 1)
        o2 = self.c2(c2)
        c3 = torch.cat([c2, units[2](o2)], 1)
        return self.c3(c3)


class Up(nn.Module):
    def __init__(self, n, groups):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(n, 4 * n, 3, 1, 1, groups=groups), nn.ReLU(),
            nn.PixelShuffle(2))

    def forward(self, x):
        return self.body(x)


class Net(nn.Module):
    def __init__(self, groups, n=64):
        super().__init__()
        self.sub_mean, self.add_mean = Shift(), Shift()
        self.entry = nn.Conv2d(3, n, 3, 1, 1)
        self.b1, self.b2, self.b3 = (Block(n, groups) for _ in range(3))
        self.c1, self.c2, self.c3 = (Basic(n * k, n) for k in (2, 3, 4))
        self.up = Up(n, groups)
        self.exit = nn.Conv2d(n, 3, 3, 1, 1)

    def forward(self, x):
        c0 = o0 = self.entry(self.sub_mean(x))
        c1 = torch.cat([c0, self.b1(o0)], 1)
        o1 = self.c1(c1)
        c2 = torch.cat([c1, self.b2(o1)], 1)
        o2 = self.c2(c2)
        c3 = torch.cat([c2, self.b3(o2)], 1)
        return self.add_mean(self.exit(self.up(self.c3(c3))))


def main(weights, width, height, source, target):
    torch.set_num_threads(1)
    state = torch.load(weights, map_location="cpu")
    ends = {"upsample.up.body.0": "up.body.0", "upsample.up2.body.0": "up.body.0"}
    kept = {}
    for key, value in state.items():
        name, _, kind = key.rpartition(".")
        if name.startswith("upsample.") and name not in ends:
            continue  # of another scale
        kept[ends.get(name, name) + "." + kind] = value
    groups = 64 // kept["b1.b1.body.0.weight"].shape[1]
    net = Net(groups)
    net.load_state_dict(kept)
    net.eval()
    with open(source, "rb") as file:
        x = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    x = x.reshape(int(height), int(width), 3).permute(2, 0, 1)[None]
    with torch.no_grad():
        y = net(x)[0].permute(1, 2, 0).contiguous()
    with open(target, "wb") as file:
        file.write(y.numpy().tobytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
