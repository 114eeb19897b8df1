"""The cloud's detector: Faster R-CNN over a narrow ResNet-18 with a feature
pyramid, trained on original frames and poor copies alike, so that its scores
mean what they say on both."""

import time
from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.rpn import AnchorGenerator
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

from . import data, nets

WIDTHS = [16, 32, 64, 128]
PYRAMID = 48
BOX_HEAD = 128
ANCHOR = 32
CROP_WIDTH, CROP_HEIGHT = 512, 352


class Body(nets.Trunk):
    def forward(self, x):
        return OrderedDict((str(i), y) for i, y in enumerate(self.stages(x)))


class Pyramid(nn.Module):
    out_channels = PYRAMID

    def __init__(self):
        super().__init__()
        self.body = Body(WIDTHS)
        self.fpn = FeaturePyramidNetwork(WIDTHS, PYRAMID, LastLevelMaxPool())

    def forward(self, x):
        return self.fpn(self.body(x))


def build():
    from torchvision.models.detection.faster_rcnn import (FastRCNNPredictor,
                                                          TwoMLPHead)
    anchors = AnchorGenerator(
        tuple((ANCHOR << i,) for i in range(5)), ((.5, 1., 2.),) * 5)
    return FasterRCNN(
        Pyramid(), rpn_anchor_generator=anchors,
        box_head=TwoMLPHead(PYRAMID * 49, BOX_HEAD),
        box_predictor=FastRCNNPredictor(BOX_HEAD, data.KNOWN + 1),
        min_size=data.LOW_HEIGHT, max_size=data.LOW_WIDTH,
        rpn_pre_nms_top_n_train=400, rpn_post_nms_top_n_train=150,
        rpn_pre_nms_top_n_test=200, rpn_post_nms_top_n_test=150,
        rpn_batch_size_per_image=128, box_batch_size_per_image=96,
        box_detections_per_img=300, box_score_thresh=.05)


def sample(frame, boxes, labels, random):
    """A part of a frame, mirrored at times, and what is in it."""
    height, width = frame.shape[:2]
    x = int(random.integers(0, width - CROP_WIDTH + 1))
    low = 150 if random.random() < .85 else 0  # mostly below the roofs
    y = int(random.integers(low, height - CROP_HEIGHT + 1))
    part = frame[y:y + CROP_HEIGHT, x:x + CROP_WIDTH]
    whole = boxes * np.array([width, height] * 2, np.float32)
    inside = whole - np.array([x, y, x, y], np.float32)
    inside[:, 0::2] = inside[:, 0::2].clip(0, CROP_WIDTH)
    inside[:, 1::2] = inside[:, 1::2].clip(0, CROP_HEIGHT)
    area = lambda b: (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    keep = area(inside) > .5 * area(whole)
    inside, labels = inside[keep], labels[keep]
    if random.random() < .5:
        part = part[:, ::-1]
        inside = inside[:, [2, 1, 0, 3]] * np.array([-1, 1, -1, 1], np.float32)
        inside += np.array([CROP_WIDTH, 0, CROP_WIDTH, 0], np.float32)
    image = torch.from_numpy(part.copy()).permute(2, 0, 1).float() / 255
    image = (image * random.uniform(.9, 1.1)).clamp(0, 1)
    return image, {"boxes": torch.from_numpy(inside.astype(np.float32)),
                   "labels": torch.from_numpy(labels + 1)}


def train(frames, iterations, random, trunk=None, whole=None, batch=4,
          rate=2e-3, note=print):
    """@param frames list of (pixels [h, w, 3], boxes, labels)
    @param trunk weights of a backbone to begin with
    @param whole weights of a detector to begin with"""
    net = build()
    if whole:
        net.load_state_dict(whole)
    elif trunk:
        missing = net.backbone.body.load_state_dict(trunk, strict=False)
        assert not missing.missing_keys
    net.train()
    net.transform.min_size, net.transform.max_size = (CROP_HEIGHT,), CROP_WIDTH
    steps = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        steps, rate, total_steps=iterations, pct_start=.15)
    start, sums = time.time(), {}
    for i in range(iterations):
        images, targets = [], []
        while len(images) < batch:
            image, target = sample(*frames[random.integers(len(frames))],
                                   random)
            if len(target["labels"]):
                images.append(image)
                targets.append(target)
        losses = net(images, targets)
        # What sets kinds apart is faint: names are the hard part.
        loss = sum(losses.values()) + losses["loss_classifier"]
        steps.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5)
        steps.step()
        schedule.step()
        for k, v in losses.items():
            sums[k] = sums.get(k, 0) + float(v.detach())
        if (i + 1) % 50 == 0:
            note(f"  {i + 1}: " + ", ".join(
                f"{k[5:]} {v / 50:.3f}" for k, v in sums.items())
                + f", {time.time() - start:.0f} s,"
                f" {time.process_time():.0f} s of CPU")
            sums = {}
    net.eval()
    net.transform.min_size = (data.LOW_HEIGHT,)
    net.transform.max_size = data.LOW_WIDTH
    return net


@torch.no_grad()
def detect(net, frame):
    """Boxes in 0..1, labels and scores of one frame."""
    image = torch.from_numpy(frame.copy()).permute(2, 0, 1).float() / 255
    found = net([image])[0]
    height, width = frame.shape[:2]
    boxes = found["boxes"].numpy() / np.array([width, height] * 2, np.float32)
    return boxes, found["labels"].numpy() - 1, found["scores"].numpy()


def window(frame, box, random, width=160, height=112):
    """A part of a frame around an object, and the object's box in it, a little
    off as proposals are."""
    tall, wide = frame.shape[:2]
    size = np.array([wide, tall] * 2, np.float32)
    box = data.jitter(box, .05, random) * size
    x = int(np.clip((box[0] + box[2] - width) / 2, 0, wide - width))
    y = int(np.clip((box[1] + box[3] - height) / 2, 0, tall - height))
    part = frame[y:y + height, x:x + width]
    box = (box - np.array([x, y, x, y])).clip(0, [width, height] * 2)
    box[2:] = np.maximum(box[2:], box[:2] + 4)
    if random.random() < .5:
        part = part[:, ::-1]
        box = np.array([width - box[2], box[1], width - box[0], box[3]])
    return torch.from_numpy(part.copy()), torch.from_numpy(
        box.astype(np.float32))[None]


def teach_names(net, frames, iterations, random, batch=48, rate=3e-3,
                note=print):
    """Trains all but the proposals on parts around known objects: what sets
    kinds apart is learned five times as fast as on whole pictures."""
    net.train()
    steps = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        steps, rate, total_steps=iterations, pct_start=.2)
    mean = torch.tensor(net.transform.image_mean).view(3, 1, 1)
    deviation = torch.tensor(net.transform.image_std).view(3, 1, 1)
    start, sum_of, right = time.time(), 0, 0
    for i in range(iterations):
        parts, boxes, labels = [], [], []
        while len(parts) < batch:
            frame, known, names = frames[random.integers(len(frames))]
            for k in random.permutation(len(names))[:3]:
                if names[k] > 8 and random.random() < .7:
                    continue  # their shape tells them already
                part, box = window(frame, known[k], random)
                parts.append(part)
                boxes.append(box)
                labels.append(int(names[k]) + 1)
        x = torch.stack(parts).permute(0, 3, 1, 2).float() / 255
        x = (x - mean) / deviation
        heads = net.roi_heads
        pooled = heads.box_roi_pool(net.backbone(x), boxes,
                                    [tuple(x.shape[2:])] * len(parts))
        said = heads.box_predictor.cls_score(heads.box_head(pooled))
        goal = torch.tensor(labels)
        loss = nn.functional.cross_entropy(said, goal)
        steps.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5)
        steps.step()
        schedule.step()
        sum_of += float(loss.detach())
        right += float((said.argmax(1) == goal).float().mean())
        if (i + 1) % 25 == 0:
            note(f"  names {i + 1}: loss {sum_of / 25:.3f}, right"
                 f" {right / 25:.3f}, {time.time() - start:.0f} s,"
                 f" {time.process_time():.0f} s of CPU")
            sum_of = right = 0
    return net
