"""Files that the C++ code reads, and the cards that describe them."""

import hashlib
import json
import os
import struct

import torch


def write_safetensors(state, path):
    """Half precision: the numbers of a trained network lose nothing that can be
    measured, and the repository half of its bytes."""
    header, parts, offset = {}, [], 0
    for key, value in sorted(state.items()):
        if key.endswith("num_batches_tracked"):
            continue
        value = value.detach().contiguous()
        small = "running_var" in key  # may leave the range of a half
        kind = torch.float32 if small else torch.float16
        raw = value.to(kind).numpy().tobytes()
        header[key] = {"dtype": "F32" if small else "F16",
                       "shape": list(value.shape),
                       "data_offsets": [offset, offset + len(raw)]}
        parts.append(raw)
        offset += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def write_heads(weights, classes, path):
    """JSON of one_vs_all (runtime/learning/one_vs_all.hpp)."""
    rounded = [float(f"{v:.6g}") for v in weights.flatten().tolist()]
    with open(path, "w") as out:
        json.dump({"kind": "logistic", "dimensions": weights.shape[1] - 1,
                   "classes": classes, "weights": rounded,
                   "thresholds": [.5] * len(classes)}, out,
                  separators=(",", ":"))
        out.write("\n")


def file_section(role, path):
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return (f"\n[file.{role}]\nname = {os.path.basename(path)}\n"
            f"sha256 = {digest}\nbytes = {os.path.getsize(path)}\n")
