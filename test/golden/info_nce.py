"""Writes info_nce.json: losses of PyTorch and lightly on small random inputs, for test/unit/losses/info-nce.test.ts.

pip install torch lightly && python test/golden/info_nce.py
"""
import json
import pathlib

import lightly
import torch
import torch.nn.functional as F
from lightly.loss import NTXentLoss

torch.manual_seed(0)
ROWS, DIM, QUEUE = 4, 6, 8
q, k, queue = torch.randn(ROWS, DIM), torch.randn(ROWS, DIM), F.normalize(torch.randn(QUEUE, DIM), dim=1)

cases = []
for temperature in (0.07, 0.2, 0.5):
    # As facebookresearch/moco builds its logits: the positive first.
    qn, kn = F.normalize(q, dim=1), F.normalize(k, dim=1)
    logits = torch.cat([(qn * kn).sum(1, keepdim=True), qn @ queue.T], dim=1) / temperature
    moco = F.cross_entropy(logits, torch.zeros(ROWS, dtype=torch.long))
    # lightly's MoCo: NTXentLoss with a memory bank that holds the queue, before it takes this batch's keys in.
    criterion = NTXentLoss(temperature=temperature, memory_bank_size=(QUEUE, DIM))
    # The bank is [size, dim] or [dim, size], depending on the version.
    bank = criterion.memory_bank
    bank.bank = queue.clone() if bank.bank.shape[0] == QUEUE and bank.bank.shape[1] == DIM else queue.T.clone()
    by_lightly = criterion(q, k)
    mutual = qn @ kn.T / temperature
    labels = torch.arange(ROWS)
    both = (F.cross_entropy(mutual, labels) + F.cross_entropy(mutual.T, labels)) / 2
    cases.append({
        "temperature": temperature,
        "moco": float(moco),
        "lightly": float(by_lightly),
        "mutual": float(both),
    })

golden = {
    "torch": torch.__version__.split("+")[0],
    "lightly": lightly.__version__,
    "q": q.tolist(),
    "k": k.tolist(),
    "queue": queue.tolist(),
    "cases": cases,
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
