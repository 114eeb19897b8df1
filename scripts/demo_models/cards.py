"""The cards of the three models."""

import os

from . import backbone, backup, data, detector
from .export import file_section

HOW = ("made by scripts/train_demo_models from synthetic://street, seeds 1001"
       " and up; seeds 1 to 99 are for evaluation")

LICENCE = "Apache-2.0"  # as the project's: both scenes and weights are its own


def head(name, task, architecture, about, more=""):
    return (f"; {about}\n[model]\nname = {name}\ntask = {task}\n"
            f"architecture = {architecture}\n{more}licence = {LICENCE}\n"
            f"source = scripts/train_demo_models\nabout = {HOW}\n")


def write(folder, name, text):
    with open(os.path.join(folder, name + ".ini"), "w") as out:
        out.write(text)


def write_labels(folder):
    os.makedirs(os.path.join(folder, "labels"), exist_ok=True)
    known = data.LABELS[:data.KNOWN]
    for name, lines in (("street", known),
                        ("street-rcnn", ["__background__"] + known),
                        ("street-crops", known + ["background"])):
        with open(os.path.join(folder, "labels", name + ".txt"), "w") as out:
            out.write("\n".join(lines) + "\n")


def write_detector(folder, weights, regions):
    write(folder, "street-detector", head(
        "street-detector", "detect", "faster_rcnn",
        "The cloud's detector of the demo: a ResNet-18 of a quarter the width"
        " with a\n; feature pyramid, trained on original frames and poor"
        " copies.",
        f"depth = 18\nanchor = {detector.ANCHOR}\nproposals = 150\n") + f"""
[input]
width = {data.LOW_WIDTH}
height = {data.LOW_HEIGHT}
multiple = 32
fit = letterbox
mean = 123.675, 116.28, 103.53
std = 58.395, 57.12, 57.375
pad = 123.675, 116.28, 103.53

[output]
decoder = rcnn
classes = {data.KNOWN + 1}
labels = labels/street-rcnn.txt
score = 0.05
nms = 0.5
max_boxes = 300

[regions]
{regions}""" + file_section("weights", weights))


def write_backbone(folder, weights):
    mean, deviation = backbone.MEAN, backbone.DEVIATION
    write(folder, "street-backbone", head(
        "street-backbone", "classify", "resnet",
        "The fog's backbone of the demo, trained on crops of original frames;"
        " its heads\n; are weights/street-heads.json.", "depth = 18\n") + f"""
[input]
width = {backbone.SIDE}
height = {backbone.SIDE}
mean = {mean:g}
std = {deviation:g}
light = {backbone.LIGHT:g}

[output]
classes = {data.KNOWN + 1}
labels = labels/street-crops.txt
probability = 0
feature = 1
""" + file_section("weights", weights))


def write_backup(folder, config, weights, regions):
    write(folder, "street-backup", head(
        "street-backup", "detect", "darknet",
        "The fog's backup detector of the demo: a small YOLOv3, trained at 832 x 480.") + f"""
[input]
width = {backup.RUN_WIDTH}
height = {backup.RUN_HEIGHT}
multiple = 32
std = 255

[output]
decoder = yolo
classes = {data.KNOWN}
labels = labels/street.txt
score = 0.05
nms = 0.45

[regions]
{regions}""" + file_section("config", config)
          + file_section("weights", weights))
