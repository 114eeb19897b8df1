"""F1 and recall with one-to-one matching at IoU 0.5, best score first."""

import numpy as np

from . import data


def match(found, truth, with_labels, threshold):
    boxes, labels, scores = found
    keep = scores >= threshold
    boxes, labels, scores = boxes[keep], labels[keep], scores[keep]
    wanted, names = truth
    taken = np.zeros(len(wanted), bool)
    hits = 0
    pairs = data.overlap(boxes, wanted) if len(wanted) else None
    for i in np.argsort(-scores):
        if pairs is None:
            break
        row = np.where(taken, 0, pairs[i])
        if with_labels:
            row = np.where(names == labels[i], row, 0)
        k = int(row.argmax())
        if row[k] >= .5:
            taken[k] = True
            hits += 1
    return hits, len(boxes), len(wanted)


def f1(all_found, all_truth, threshold, with_labels=True):
    hits, boxes, wanted = np.sum(
        [match(f, t, with_labels, threshold)
         for f, t in zip(all_found, all_truth)], axis=0)
    return 2 * hits / max(boxes + wanted, 1), hits / max(wanted, 1)
