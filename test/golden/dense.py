"""Losses of dense predictions by PyTorch, made once: python test/golden/dense.py

Inputs are a formula that the test repeats: element j of array i is 0.5 + 0.5 sin(1 + 7 i + 0.37 j + 0.011 j^2).
Pictures are NHWC [2, 6, 8, 3]; disparities, fractions of the width, [2, 6, 8, 1] times 0.3; logits [5, 9] times 4.
"""
import json
import math
import pathlib

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def values(number, shape, scale=1.0):
    flat = [scale * (0.5 + 0.5 * math.sin(1 + 7 * number + 0.37 * j + 0.011 * j * j)) for j in range(math.prod(shape))]
    return torch.tensor(flat).reshape(shape)


def nchw(x):
    return x.permute(0, 3, 1, 2)


def warp(image, shift, border):
    """image [n, c, h, w] at x + shift pixels, by grid_sample."""
    n, _, h, w = image.shape
    y, x = torch.meshgrid(torch.arange(h, dtype=torch.float64), torch.arange(w, dtype=torch.float64), indexing="ij")
    at = torch.stack([(x + shift[:, 0]) * 2 / (w - 1) - 1, (y * 2 / (h - 1) - 1).expand(n, h, w)], dim=-1)
    return F.grid_sample(image, at, padding_mode="border" if border == "edge" else "zeros", align_corners=True)


def dssim(a, b):
    mean = lambda x: F.avg_pool2d(x, 3, 1)
    ma, mb = mean(a), mean(b)
    va, vb, c = mean(a * a) - ma**2, mean(b * b) - mb**2, mean(a * b) - ma * mb
    s = (2 * ma * mb + 1e-4) * (2 * c + 9e-4) / ((ma**2 + mb**2 + 1e-4) * (va + vb + 9e-4))
    return ((1 - s) / 2).clamp(0, 1)


left, right = nchw(values(0, (2, 6, 8, 3))), nchw(values(1, (2, 6, 8, 3)))
d_left, d_right = nchw(values(2, (2, 6, 8, 1), 0.3)), nchw(values(3, (2, 6, 8, 1), 0.3))
golden = {}
for border in ["zero", "edge"]:
    d = d_left.clone().requires_grad_()
    rebuilt = warp(right, -8 * d, border)
    appearance = 0.85 * dssim(left, rebuilt).mean() + 0.15 * (left - rebuilt).abs().mean()
    (gradient,) = torch.autograd.grad(appearance, d)
    consistency = (d_left - warp(d_right, -8 * d_left, border)).abs().mean()
    consistency = consistency + (d_right - warp(d_left, 8 * d_right, border)).abs().mean()
    golden[border] = {
        "appearance": appearance.item(),
        "gradient": gradient.flatten().tolist(),
        "consistency": consistency.item(),
    }

weight_x = (-left.diff(dim=3).abs().mean(1, keepdim=True)).exp()
weight_y = (-left.diff(dim=2).abs().mean(1, keepdim=True)).exp()
golden["smoothness"] = ((d_left.diff(dim=3).abs() * weight_x).mean() + (d_left.diff(dim=2).abs() * weight_y).mean()).item()

logits = values(4, (5, 9), 4.0)
target = torch.softmax(values(5, (5, 9), 4.0), dim=1)
golden["crossEntropy"] = F.cross_entropy(logits, target, reduction="none").tolist()
real, fake = values(6, (5, 1), 4.0) - 2, values(7, (5, 1), 4.0) - 2
bce = F.binary_cross_entropy_with_logits
golden["generator"] = bce(fake, torch.ones_like(fake)).item()
golden["discriminator"] = (bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))).item()

out = pathlib.Path(__file__).with_suffix(".json")
out.write_text(json.dumps(golden, indent=1) + "\n")
