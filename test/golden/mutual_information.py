"""Golden values for src/losses/mutual-information.ts, written from the definitions in PyTorch with autograd.

python test/golden/mutual_information.py writes mutual_information.json beside itself.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(0)
n, places = 4, 3
scores = torch.randn(n, n, places, dtype=torch.float64, requires_grad=True)
own = torch.eye(n, dtype=torch.bool)


def jsd(u):
    positive = math.log(2) - F.softplus(-u[own])
    negative = F.softplus(-u[~own]) + u[~own] - math.log(2)
    return negative.mean() - positive.mean()


def infonce(u):
    terms = []
    for i in range(n):
        foreign = torch.cat([u[i, j] for j in range(n) if j != i])
        for place in range(places):
            logits = torch.cat([u[i, i, place].reshape(1), foreign])
            terms.append(F.cross_entropy(logits.unsqueeze(0), torch.tensor([0])))
    return torch.stack(terms).mean()


def dv(u):
    return torch.log(torch.exp(u[~own]).mean()) - u[own].mean()


golden = {"shape": [n, n, places], "scores": scores.detach().flatten().tolist()}
for name, loss in [("jsd", jsd), ("infonce", infonce), ("dv", dv)]:
    value = loss(scores)
    (gradient,) = torch.autograd.grad(value, scores)
    golden[name] = {"loss": value.item(), "gradient": gradient.flatten().tolist()}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
