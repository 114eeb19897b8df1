#!/usr/bin/env python3
"""torchvision beside bench_nn_speed: the same weights, on request.

usage: nn_reference.py FOLDER THREADS

Makes networks with random weights, saves them as FOLDER/NAME.pth, says "ready",
then answers each line "NAME" on standard input with the seconds of one run.
"""
import sys
import time

import torch
from torchvision.models import mobilenet_v2, resnet50
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.detection.faster_rcnn import FasterRCNN


def faster_rcnn():
    backbone = resnet_fpn_backbone(backbone_name="resnet101", weights=None,
                                   norm_layer=torch.nn.BatchNorm2d)
    model = FasterRCNN(backbone, num_classes=91)
    for name, module in model.named_modules():
        if name.endswith("bn3"):
            module.weight.data.fill_(0.3)  # sums over residual paths stay small
    model.rpn.head.cls_logits.weight.data.normal_(0, 0.08)
    model.transform.resize = lambda image, target: (image, target)
    return model


def main():
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.manual_seed(7)
    models = {}
    for name, make, data in (
            ("fasterrcnn101", faster_rcnn, [torch.rand(3, 576, 1024)]),
            ("mobilenet_v2", mobilenet_v2, torch.rand(8, 3, 224, 224)),
            ("resnet50", resnet50, torch.rand(1, 3, 224, 224))):
        model = make().eval()
        torch.save(model.state_dict(), f"{folder}/{name}.pth")
        models[name] = model, data
    print("ready", flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            model, data = models[line.strip()]
            start = time.perf_counter()
            model(data)
            print(time.perf_counter() - start, flush=True)


main()
