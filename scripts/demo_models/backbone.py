"""The fog's backbone: a narrow ResNet-18 that names crops of original frames,
and one-vs-all heads on its features."""

import time

import torch
import torch.nn.functional as F

from . import data, nets

SIDE = 96
WIDTHS = [16, 32, 64, 128]
MEAN, DEVIATION = 118., 60.
LIGHT = 124.  # mean grey level of whole pictures of the streets


def prepared(crops):
    x = (crops.float() - MEAN) / DEVIATION
    return x.contiguous(memory_format=torch.channels_last)


def train(crops, labels, epochs, whole=None, batch=64, rate=6e-3, note=print):
    """@param crops [n, 3, SIDE, SIDE] of bytes @param labels KNOWN: background
    @param whole weights to begin with"""
    net = nets.Trunk(WIDTHS, data.KNOWN + 1)
    if whole:
        net.load_state_dict(whole)
    net = net.to(memory_format=torch.channels_last)
    rounds = len(labels) // batch
    steps = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        steps, rate, total_steps=rounds * epochs)
    start = time.time()
    for epoch in range(epochs):
        order, sum_of = torch.randperm(len(labels)), 0
        for i in range(rounds):
            rows = order[i * batch:(i + 1) * batch]
            loss = F.cross_entropy(net(prepared(crops[rows])), labels[rows])
            steps.zero_grad()
            loss.backward()
            steps.step()
            schedule.step()
            sum_of += float(loss.detach())
        note(f"  epoch {epoch + 1}: loss {sum_of / rounds:.3f},"
             f" {time.time() - start:.0f} s, {time.process_time():.0f} s of CPU")
    return net.eval()


@torch.no_grad()
def features(net, crops):
    """Unit length and a 1 behind, [n, d + 1], as heads want them."""
    x = torch.cat([net.features(prepared(part)) for part in crops.split(128)])
    x = x / x.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return torch.cat([x, torch.ones(len(x), 1)], 1)


def fit_heads(x, labels, rounds=200, decay=1e-5):
    """Logistic one-vs-all heads; background belongs to none. @returns [k, d+1]
    """
    wanted = torch.stack([(labels == k).float() for k in range(data.KNOWN)], 1)
    weights = torch.zeros(data.KNOWN, x.shape[1], requires_grad=True)
    steps = torch.optim.LBFGS([weights], max_iter=rounds,
                              line_search_fn="strong_wolfe")

    def step():
        steps.zero_grad()
        loss = F.binary_cross_entropy_with_logits(x @ weights.T, wanted)
        loss = loss + decay * (weights ** 2).sum()
        loss.backward()
        return loss

    steps.step(step)
    return weights.detach()


def name(weights, x, threshold=.5):
    """The best head above its threshold; KNOWN where there is none."""
    best, label = (x @ weights.T).sigmoid().max(1)
    return torch.where(best >= threshold, label, data.KNOWN)
