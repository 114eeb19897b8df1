#!/usr/bin/env python3
"""Makes torchvision networks with random weights and what they answer.

usage: torchvision_reference.py FOLDER IMAGE.ppm...

Writes into FOLDER, for each network: NAME.pth (its weights), mobilenet_v2 also
as NAME.legacy.pth (the form before PyTorch 1.6), and NAME.out.pth (a dictionary
of the answers, which our own reader reads). Exit status 77: no torchvision.
"""
import sys

try:
    import torch
    import torchvision
except ImportError as error:
    print(f"needs python3-torchvision: {error}", file=sys.stderr)
    sys.exit(77)

from torch import nn
from torchvision.models import mobilenet_v2, resnet50
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.models.detection.faster_rcnn import FasterRCNN

MEAN = torch.tensor([0.485, 0.456, 0.406]).reshape(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).reshape(3, 1, 1)


def read_ppm(path):
    """An image as float [3, height, width], RGB, 0 to 1."""
    with open(path, "rb") as file:
        data = file.read()
    _, width, height, _ = data.split(None, 4)[:4]
    width, height = int(width), int(height)
    pixels = torch.frombuffer(bytearray(data[-width * height * 3:]),
                              dtype=torch.uint8)
    return pixels.reshape(height, width, 3).permute(2, 0, 1).float() / 255


def randomise(model):
    """Weights that spread: a fresh network answers the same everywhere."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.2)
            module.bias.data.normal_(0, 0.1)
    for name, module in model.named_modules():
        # The last layer of a residual path: sums over 33 of them stay small.
        if name.endswith("bn3"):
            module.weight.data.mul_(0.3)


def faster_rcnn(depth):
    backbone = resnet_fpn_backbone(backbone_name=f"resnet{depth}", weights=None,
                                   norm_layer=nn.BatchNorm2d)
    model = FasterRCNN(backbone, num_classes=91)
    randomise(model)
    model.rpn.head.cls_logits.weight.data.normal_(0, 0.08)
    model.rpn.head.bbox_pred.weight.data.normal_(0, 0.02)
    predictor = model.roi_heads.box_predictor
    predictor.cls_score.weight.data.normal_(0, 0.8 if depth == 50 else 0.35)
    predictor.bbox_pred.weight.data.normal_(0, 0.1)
    # Images come in the size that the network is to see.
    model.transform.resize = lambda image, target: (image, target)
    return model.eval()


def detect(model, images):
    answers = {}
    for i, image in enumerate(images):
        for name, value in model([image])[0].items():
            answers[f"single.{i}.{name}"] = value.float()
    for i, answer in enumerate(model(images)):
        for name, value in answer.items():
            answers[f"batch.{i}.{name}"] = value.float()
    return answers


def classify(model, images):
    features = []
    last = model.fc if hasattr(model, "fc") else model.classifier[1]
    last.register_forward_pre_hook(lambda _, args: features.append(args[0]))
    batch = torch.stack([
        (torch.nn.functional.interpolate(x[None], (224, 224))[0] - MEAN) / STD
        for x in images])
    return {"input": batch,
            "probability": torch.softmax(model(batch), 1),
            "feature": features[0]}


def main():
    folder, paths = sys.argv[1], sys.argv[2:]
    images = [read_ppm(path) for path in paths]
    torch.set_num_threads(2)
    with torch.no_grad():
        for name, make, run in (
                ("fasterrcnn50", lambda: faster_rcnn(50), detect),
                ("fasterrcnn101", lambda: faster_rcnn(101), detect),
                ("mobilenet_v2", mobilenet_v2, classify),
                ("resnet50", resnet50, classify)):
            torch.manual_seed(7)
            model = make()
            if run is classify:
                randomise(model)
            model.eval()
            torch.save(run(model, images), f"{folder}/{name}.out.pth")
            torch.save(model.state_dict(), f"{folder}/{name}.pth")
            if name == "mobilenet_v2":
                torch.save({"model": model.state_dict()},
                           f"{folder}/{name}.legacy.pth",
                           _use_new_zipfile_serialization=False)


main()
