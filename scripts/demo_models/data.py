"""Scenes for training: recorded by `vpaas record`, copied poor by ffmpeg.

Seeds 1 to 99 are for evaluation and are never recorded here.
"""

import json
import os
import subprocess

import numpy as np
import torch
import torch.nn.functional as F

LABELS = ["car", "taxi", "patrol", "van", "parcel_van", "bakery_van",
          "walker", "courier", "steward", "truck", "cyclist", "icecream_van"]
KNOWN = 11  # the last one comes late and is never trained on
WIDTH, HEIGHT = 1280, 720
LOW_WIDTH, LOW_HEIGHT = 1024, 576  # scale 0.8
FPS = 2  # keyframes a second: 1 of 15 at 30 fps


def record(vpaas, folder, seed, seconds, more=""):
    """Records a street; returns the paths of video and truth."""
    name = os.path.join(folder, f"{seed}-{seconds}{more.replace('&', '-')}")
    video, truth = name + ".mp4", name + ".jsonl"
    if not os.path.exists(truth):
        url = (f"synthetic://street?seed={seed}&fps={FPS}&seconds={seconds}"
               + more)
        subprocess.run([vpaas, "record", url, f"--output={video}",
                        f"--truth={truth}"], check=True,
                       stdout=subprocess.DEVNULL)
    return video, truth


def poor_copy(video, qp):
    """Encodes as the fog does [IV-B]: scale 0.8, one IDR in 15 keyframes."""
    result = video[:-4] + f".qp{qp}.mp4"
    if not os.path.exists(result):
        subprocess.run(
            ["ffmpeg", "-y", "-v", "error", "-i", video, "-vf",
             f"scale={LOW_WIDTH}:{LOW_HEIGHT}:flags=bilinear", "-c:v",
             "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-qp",
             str(qp), "-bf", "0", "-g", "15", "-threads", "1", "-x264-params",
             "scenecut=0", "-colorspace", "bt709", result], check=True)
    return result


def pixels(video, width, height):
    """All frames, [n, height, width, 3] of RGB bytes."""
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-threads", "1", "-i", video, "-f",
         "rawvideo", "-pix_fmt", "rgb24", "-"], check=True,
        stdout=subprocess.PIPE).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def truth_of(path):
    """For each frame boxes [n, 4] in 0..1 and labels [n]."""
    result = []
    with open(path) as lines:
        for line in lines:
            objects = json.loads(line)["objects"]
            boxes = [[o["where"][k] for k in ("x0", "y0", "x1", "y1")]
                     for o in objects]
            result.append((np.array(boxes, np.float32).reshape(-1, 4),
                           np.array([LABELS.index(o["label"]) for o in objects],
                                    np.int64)))
    return result


def overlap(a, b):
    """IoU of all pairs, [len(a), len(b)]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=2)
    area = lambda x: np.prod(x[:, 2:] - x[:, :2], axis=1)
    return both / (area(a)[:, None] + area(b)[None] - both + 1e-9)


def crop(frame, box, side):
    """A box of a frame, widened to whole pixels and stretched: bilinear as in
    our C++ code."""
    height, width = frame.shape[:2]
    x0 = int(np.clip(np.floor(box[0] * width), 0, width - 1))
    y0 = int(np.clip(np.floor(box[1] * height), 0, height - 1))
    x1 = int(np.clip(np.ceil(box[2] * width), x0 + 1, width))
    y1 = int(np.clip(np.ceil(box[3] * height), y0 + 1, height))
    part = torch.from_numpy(frame[y0:y1, x0:x1].copy()).permute(2, 0, 1)
    return F.interpolate(part[None].float(), (side, side), mode="bilinear",
                         align_corners=False)[0].round().byte()


def jitter(box, amount, random):
    size = np.array([box[2] - box[0], box[3] - box[1]] * 2)
    return np.clip(box + random.normal(0, amount, 4) * size, 0, 1)


def background_box(boxes, random):
    """A box that no object fills."""
    for _ in range(20):
        w, h = random.uniform(.03, .16), random.uniform(.06, .2)
        x, y = random.uniform(0, 1 - w), random.uniform(.3, 1 - h)
        box = np.array([x, y, x + w, y + h], np.float32)
        if len(boxes) == 0 or overlap(box[None], boxes).max() < .15:
            return box
    return None


def crops(frames, truth, side, random, amount=.04, background=3):
    """Crops [n, 3, side, side] and labels [n]; KNOWN means background. The
    late class has its own label, KNOWN + 1."""
    images, labels = [], []
    for frame, (boxes, names) in zip(frames, truth):
        for box, name in zip(boxes, names):
            images.append(crop(frame, jitter(box, amount, random), side))
            labels.append(name if name < KNOWN else KNOWN + 1)
        for _ in range(background):
            box = background_box(boxes, random)
            if box is not None:
                images.append(crop(frame, box, side))
                labels.append(KNOWN)
    return torch.stack(images), torch.tensor(labels)
