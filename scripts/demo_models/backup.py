"""The fog's backup detector: a small YOLOv3 of two scales, trained on original
frames, written as darknet's .cfg and .weights with normalisation folded."""

import struct
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from . import data

WIDTH, HEIGHT = 832, 480  # while it learns; patterns are larger then
RUN_WIDTH, RUN_HEIGHT = 640, 384  # on the fog: 0.6 of the work
CLASSES = data.KNOWN
STRIDES = (16, 8)  # in the order of the heads

# (filters, size, stride), or ("route", layers), ("upsample",), ("head", i).
LAYERS = [
    (16, 7, 2), (32, 3, 2), (48, 3, 2),
    (32, 1, 1), (64, 3, 1), (32, 1, 1), (64, 3, 1),  # 6: stride 8
    (96, 3, 2), (48, 1, 1), (96, 3, 1), (48, 1, 1),  # 10: stride 16
    (96, 3, 1), ("head", 0), ("yolo", 0),
    ("route", (10,)), (32, 1, 1), ("upsample",), ("route", (16, 6)),
    (64, 3, 1), ("head", 1), ("yolo", 1),
]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleDict()
        channels, last = [], 3
        for i, layer in enumerate(LAYERS):
            if layer[0] == "route":
                last = sum(channels[k] for k in layer[1])
            elif layer[0] == "head":
                self.convs[str(i)] = nn.Conv2d(last, 3 * (5 + CLASSES), 1)
                last = 3 * (5 + CLASSES)
            elif isinstance(layer[0], int):
                n, size, stride = layer
                self.convs[str(i)] = nn.Sequential(
                    nn.Conv2d(last, n, size, stride, size // 2, bias=False),
                    nn.BatchNorm2d(n), nn.LeakyReLU(.1, inplace=True))
                last = n
            channels.append(last)
        for i, layer in enumerate(LAYERS):
            if layer[0] == "head":  # few cells hold anything
                bias = self.convs[str(i)].bias.detach().view(3, -1)
                bias[:, 4] = -4
                bias[:, 5:] = -1.5

    def forward(self, x):
        outputs, heads = [], []
        for i, layer in enumerate(LAYERS):
            if layer[0] == "route":
                x = torch.cat([outputs[k] for k in layer[1]], 1)
            elif layer[0] == "upsample":
                x = F.interpolate(x, scale_factor=2)
            elif layer[0] == "yolo":
                heads.append(x)
            else:
                x = self.convs[str(i)](x)
            outputs.append(x)
        return heads


def borrow_stem(net, state):
    """Begins with the detector's first layer, which knows faint patterns. Its
    input was normalised; here BN finds the offsets again."""
    spread = torch.tensor([.229, .224, .225]).view(1, 3, 1, 1)
    stem = net.convs["0"]
    stem[0].weight.data.copy_(state["backbone.body.conv1.weight"] / spread)
    stem[1].weight.data.copy_(state["backbone.body.bn1.weight"])
    stem[1].bias.data.copy_(state["backbone.body.bn1.bias"])


def find_anchors(boxes, random, n=6):
    """K-means of widths and heights in input pixels, by IoU; small ones last.
    @returns [2, 3, 2] in the order of the heads"""
    sizes = np.concatenate([b[:, 2:] - b[:, :2] for b in boxes])
    sizes = sizes * np.array([WIDTH, HEIGHT])
    centres = sizes[random.choice(len(sizes), n, replace=False)]
    for _ in range(60):
        both = np.minimum(sizes[:, None], centres[None]).prod(2)
        union = sizes.prod(1)[:, None] + centres.prod(1)[None] - both
        owner = (both / union).argmax(1)
        centres = np.array([np.median(sizes[owner == k], 0)
                            if (owner == k).any() else centres[k]
                            for k in range(n)])
    centres = centres[np.argsort(centres.prod(1))].round()
    return torch.tensor(np.stack([centres[3:], centres[:3]]),
                        dtype=torch.float32)


def rows_of(head):
    """[n, 3 * (5 + c), h, w] to [n, 3, h, w, 5 + c]."""
    n, _, h, w = head.shape
    return head.view(n, 3, 5 + CLASSES, h, w).permute(0, 1, 3, 4, 2)


def boxes_of(rows, anchors, stride):
    """Boxes in input pixels, [..., 4]."""
    h, w = rows.shape[2:4]
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    cx = (rows[..., 0].sigmoid() + x) * stride
    cy = (rows[..., 1].sigmoid() + y) * stride
    half = rows[..., 2:4].clamp(max=5).exp() * anchors[None, :, None, None] / 2
    return torch.stack([cx - half[..., 0], cy - half[..., 1],
                        cx + half[..., 0], cy + half[..., 1]], -1)


def giou(a, b):
    low, high = torch.max(a[:, :2], b[:, :2]), torch.min(a[:, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(1)
    area = lambda x: (x[:, 2:] - x[:, :2]).clamp(min=0).prod(1)
    union = area(a) + area(b) - both + 1e-6
    hull = (torch.max(a[:, 2:], b[:, 2:])
            - torch.min(a[:, :2], b[:, :2])).prod(1) + 1e-6
    return both / union - (hull - union) / hull


def loss_of(heads, truth, anchors):
    """@param truth for each image boxes in input pixels and labels"""
    total = 0
    for level, head in enumerate(heads):
        rows, stride = rows_of(head), STRIDES[level]
        h, w = rows.shape[2:4]
        boxes = boxes_of(rows, anchors[level], stride)
        wanted = torch.zeros(rows.shape[:4])
        weight = torch.ones(rows.shape[:4])
        picks, goals, names = [], [], []
        for n, (gt, labels) in enumerate(truth):
            if len(gt) == 0:
                continue
            with torch.no_grad():
                from torchvision.ops import box_iou
                best = box_iou(boxes[n].reshape(-1, 4), gt).max(1)[0]
                weight[n][(best > .6).view(3, h, w)] = 0
            size = gt[:, 2:] - gt[:, :2]
            flat = anchors.view(-1, 2)
            both = torch.min(size[:, None], flat[None]).prod(2)
            iou = both / (size.prod(1)[:, None] + flat.prod(1)[None] - both)
            own = (iou > .45) | (iou == iou.max(1, keepdim=True)[0])
            middle = (gt[:, :2] + gt[:, 2:]) / 2 / stride
            for k, a in own[:, level * 3:level * 3 + 3].nonzero().tolist():
                x = min(int(middle[k, 0]), w - 1)
                y = min(int(middle[k, 1]), h - 1)
                wanted[n, a, y, x], weight[n, a, y, x] = 1, 1
                picks.append((n, a, y, x))
                goals.append(gt[k])
                names.append(labels[k])
        count = max(len(picks), 1)
        entropy = F.binary_cross_entropy_with_logits(
            rows[..., 4], wanted, weight, reduction="sum")
        total = total + entropy / count
        if picks:
            n, a, y, x = torch.tensor(picks).T
            one = F.one_hot(torch.stack(names), CLASSES).float()
            total = total + 2 * (1 - giou(boxes[n, a, y, x],
                                          torch.stack(goals))).mean()
            # What sets kinds apart is faint: names are the hard part.
            total = total + 3 * F.binary_cross_entropy_with_logits(
                rows[n, a, y, x, 5:], one, reduction="sum") / count
    return total


def train(frames, iterations, random, whole=None, stem=None, batch=6,
          rate=4e-3, note=print):
    """@param frames list of (pixels [HEIGHT, WIDTH, 3], boxes, labels)
    @param whole weights and anchors to begin with
    @param stem weights of a detector whose first layer to begin with"""
    net = Net()
    if whole:
        net.load_state_dict(whole[0])
        anchors = whole[1]
    else:
        anchors = find_anchors([f[1] for f in frames], random)
    if stem:
        borrow_stem(net, stem)
    net = net.to(memory_format=torch.channels_last)
    steps = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        steps, rate, total_steps=iterations, pct_start=.15)
    scale = torch.tensor([WIDTH, HEIGHT, WIDTH, HEIGHT])
    start, sum_of = time.time(), 0
    for i in range(iterations):
        images, truth = [], []
        for _ in range(batch):
            pixels, boxes, labels = frames[random.integers(len(frames))]
            image = torch.from_numpy(pixels.copy()).permute(2, 0, 1).float()
            boxes = torch.from_numpy(boxes) * scale
            if random.random() < .5:
                image = image.flip(2)
                boxes = boxes[:, [2, 1, 0, 3]] * torch.tensor([-1, 1, -1, 1])
                boxes = boxes + torch.tensor([WIDTH, 0, WIDTH, 0])
            images.append(image / 255 * random.uniform(.9, 1.1))
            truth.append((boxes, torch.from_numpy(labels)))
        x = torch.stack(images).contiguous(memory_format=torch.channels_last)
        loss = loss_of(net(x), truth, anchors)
        steps.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 10)
        steps.step()
        schedule.step()
        sum_of += float(loss.detach())
        if (i + 1) % 50 == 0:
            note(f"  {i + 1}: loss {sum_of / 50:.3f}, {time.time() - start:.0f}"
                 f" s, {time.process_time():.0f} s of CPU")
            sum_of = 0
    return net.eval(), anchors


def running(anchors):
    return anchors * torch.tensor([RUN_WIDTH / WIDTH, RUN_HEIGHT / HEIGHT])


@torch.no_grad()
def detect(net, anchors, frame, floor=.05):
    from torchvision.ops import batched_nms
    image = torch.from_numpy(frame.copy()).permute(2, 0, 1).float()[None] / 255
    anchors = running(anchors)
    all_boxes, all_scores = [], []
    for level, head in enumerate(net(image)):
        rows = rows_of(head)
        all_boxes.append(boxes_of(rows, anchors[level],
                                  STRIDES[level]).reshape(-1, 4))
        scores = rows[..., 5:].sigmoid() * rows[..., 4:5].sigmoid()
        all_scores.append(scores.reshape(-1, CLASSES))
    boxes, scores = torch.cat(all_boxes), torch.cat(all_scores)
    row, label = (scores > floor).nonzero().T
    kept = batched_nms(boxes[row], scores[row, label], label, .45)
    scale = torch.tensor([RUN_WIDTH, RUN_HEIGHT] * 2)
    boxes = (boxes[row][kept] / scale).clamp(0, 1)
    return boxes.numpy(), label[kept].numpy(), scores[row, label][kept].numpy()


def folded(conv, norm):
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return (conv.weight * scale.view(-1, 1, 1, 1),
            norm.bias - norm.running_mean * scale)


def write(net, anchors, stem):
    """Writes stem.cfg and stem.weights."""
    flat = ", ".join(f"{v:.2f}" for v in
                     running(anchors).flip(0).reshape(-1).tolist())
    text = [f"[net]\nwidth={RUN_WIDTH}\nheight={RUN_HEIGHT}\nchannels=3\n"]
    values = []
    for i, layer in enumerate(LAYERS):
        if layer[0] == "route":
            text.append("[route]\nlayers=" + ",".join(map(str, layer[1]))
                        + "\n")
        elif layer[0] == "upsample":
            text.append("[upsample]\nstride=2\n")
        elif layer[0] == "yolo":
            mask = "3,4,5" if layer[1] == 0 else "0,1,2"
            text.append(f"[yolo]\nmask={mask}\nanchors={flat}\n"
                        f"classes={CLASSES}\nnum=6\n")
        else:
            module = net.convs[str(i)]
            if layer[0] == "head":
                weight, bias = module.weight, module.bias
                n, size, stride, then = len(bias), 1, 1, "linear"
            else:
                weight, bias = folded(module[0], module[1])
                (n, size, stride), then = layer, "leaky"
            text.append(f"[convolutional]\nfilters={n}\nsize={size}\n"
                        f"stride={stride}\npad=1\nactivation={then}\n")
            values += [bias.detach().flatten(), weight.detach().flatten()]
    with open(stem + ".cfg", "w") as out:
        out.write("\n".join(text))
    with open(stem + ".weights", "wb") as out:
        out.write(struct.pack("<iiiq", 0, 2, 0, 0))
        out.write(torch.cat(values).numpy().astype("<f4").tobytes())
