"""Reference values for the losses of the temporal methods, computed the plain way with PyTorch; writes temporal.json.

Run with any Python that has torch: python test/golden/temporal.py
"""
import json
import pathlib

import torch
from torch.nn import functional as F

torch.manual_seed(0)


def rounded(t):
    return [round(v, 6) for v in t.flatten().tolist()]


def semi_hard(x, times, positive, negative, margin):
    """Pair by pair, as the definition reads: research/tcn of tensorflow/models."""
    terms, violations = [], []
    for group, t in zip(x, times):
        d = ((group[:, None] - group[None]) ** 2).sum(-1)
        gap = (t[:, None] - t[None]).abs()
        n = len(group)
        for a in range(n):
            negatives = [j for j in range(n) if gap[a, j] > negative]
            for p in range(n):
                if not (0 < gap[a, p] <= positive) or not negatives:
                    continue
                farther = [d[a, j] for j in negatives if d[a, j] > d[a, p]]
                chosen = min(farther) if farther else max(d[a, j] for j in negatives)
                terms.append(F.relu(d[a, p] - chosen + margin))
                violations += [float(d[a, j] <= d[a, p]) for j in negatives]
    return torch.stack(terms).mean(), sum(violations) / len(violations)


x = torch.randn(2, 10, 4, requires_grad=True)
times = torch.stack([torch.randperm(30)[:10].sort().values for _ in range(2)]).float()
loss, violations = semi_hard(F.normalize(x, dim=-1), times, 5, 8, 0.2)
loss.backward()
triplet = {
    "x": rounded(x.detach()), "times": rounded(times), "loss": loss.item(), "violations": violations,
    "gradient": rounded(x.grad),
}

a = torch.randn(2, 6, 5, requires_grad=True)
p = torch.randn(2, 6, 5)
loss = torch.stack([F.cross_entropy(u @ v.T, torch.arange(6)) for u, v in zip(a, p)]).mean()
loss = loss + 0.25 * 0.002 * (a.pow(2).sum(-1).mean() + p.pow(2).sum(-1).mean())
loss.backward()
n_pairs = {"anchors": rounded(a.detach()), "positives": rounded(p), "loss": loss.item(), "gradient": rounded(a.grad)}


def ranking(first, last, margin, hard):
    """The nearest patches of other tracks are the negatives of both terms: rank_hard_loss_layer of caffe-video_triplet."""
    u, v = F.normalize(first, dim=-1), F.normalize(last, dim=-1)
    patches = torch.cat([u, v])
    n = len(u)
    total = 0
    for i in range(n):
        others = [j for j in range(2 * n) if j % n != i]
        nearest = sorted(others, key=lambda j: (1 - u[i] @ patches[j]).item())[:hard]
        positive = 1 - u[i] @ v[i]
        for j in nearest:
            total = total + F.relu(positive - (1 - u[i] @ patches[j]) + margin)
            total = total + F.relu(positive - (1 - v[i] @ patches[j]) + margin)
    return total / (2 * hard * n)


first = torch.randn(6, 4, requires_grad=True)
last = first.detach() + 0.7 * torch.randn(6, 4)
loss = ranking(first, last, 0.5, 3)
loss.backward()
track = {"first": rounded(first.detach()), "last": rounded(last), "loss": loss.item(), "gradient": rounded(first.grad)}

m = torch.randn(2, 5, 7, 3)
weights = F.softmax(m.reshape(2, 35, 3), dim=1).reshape(2, 5, 7, 3)
columns = (weights * torch.linspace(-1, 1, 7)[None, None, :, None]).sum((1, 2))
rows = (weights * torch.linspace(-1, 1, 5)[None, :, None, None]).sum((1, 2))
soft = {"map": rounded(m), "positions": rounded(torch.cat([columns, rows], 1))}

out = pathlib.Path(__file__).with_suffix(".json")
out.write_text(json.dumps({"triplet": triplet, "nPairs": n_pairs, "ranking": track, "softArgMax": soft}) + "\n")
