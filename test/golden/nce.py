"""Writes nce.json: noise-contrastive estimation as zhirongw/lemniscate.pytorch defines it, in numpy, on random inputs.

pip install numpy && python test/golden/nce.py
"""
import json
import pathlib

import numpy as np

rng = np.random.default_rng(0)
BATCH, N, DIM, DRAWS, T = 3, 7, 5, 4, 0.3
unit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)
features, bank = unit(rng.normal(size=(BATCH, DIM))), unit(rng.normal(size=(N, DIM)))
own = np.array([2, 0, 5])
noise = rng.integers(0, N, size=(BATCH, DRAWS))

# One column for the own row, then one per draw; Z from the first batch.
chosen = np.concatenate([own[:, None], noise], axis=1)
unnormalized = np.exp(np.einsum("bd,bkd->bk", features, bank[chosen]) / T)
Z = unnormalized.mean() * N
P = unnormalized / Z
pn, eps = 1 / N, 1e-7
loss = 0
for row in P:
    loss -= np.log(row[0] / (row[0] + DRAWS * pn + eps))
    for p in row[1:]:
        loss -= np.log(DRAWS * pn / (p + DRAWS * pn + eps))
counts = np.zeros((BATCH, N))
for b in range(BATCH):
    for j in noise[b]:
        counts[b, j] += 1

golden = {
    "features": features.tolist(), "bank": bank.tolist(), "own": own.tolist(), "counts": counts.tolist(),
    "draws": DRAWS, "temperature": T, "normalizer": float(Z), "loss": float(loss / BATCH),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
