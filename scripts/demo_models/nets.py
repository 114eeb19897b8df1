"""Narrow networks with torchvision's names, as our C++ code reads them."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + (self.downsample(x) if self.downsample else x))


class Trunk(nn.Module):
    """A ResNet-18 of other widths: strides 4, 8, 16, 32."""

    def __init__(self, widths, classes=0):
        super().__init__()
        self.conv1 = nn.Conv2d(3, widths[0], 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = widths[0]
        for i, width in enumerate(widths):
            blocks = [Block(inputs, width, 1 if i == 0 else 2),
                      Block(width, width, 1)]
            setattr(self, f"layer{i + 1}", nn.Sequential(*blocks))
            inputs = width
        if classes:
            self.fc = nn.Linear(inputs, classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out",
                                        nonlinearity="relu")

    def stages(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        result = []
        for i in range(4):
            x = getattr(self, f"layer{i + 1}")(x)
            result.append(x)
        return result

    def features(self, x):
        return self.stages(x)[3].mean((2, 3))

    def forward(self, x):
        return self.fc(self.features(x))
