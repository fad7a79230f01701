"""Golden values for src/losses/{classification,joint-labels,batch-hard}.ts from PyTorch.

python test/golden/labels.py writes labels.json beside itself.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(0)
pictures, classes, M = 4, 3, 2
labels = torch.tensor([2, 0, -1, 1])
random = lambda *shape: torch.randn(*shape, dtype=torch.float64, requires_grad=True)
flat = lambda t: t.detach().flatten().tolist()

# Classification, relative position and rotation are this; samples without a label count for nothing.
logits = random(pictures, classes)
cross_entropy = F.cross_entropy(logits, labels, ignore_index=-1)

# SLA: the copies of a picture follow each other, the joint label is class * M + transformation (hankook/SLA).
joint = random(pictures * M, classes * M)
truth = torch.stack([labels * M + j for j in range(M)], 1).reshape(-1)
truth[(labels < 0).repeat_interleave(M)] = -1
joint_loss = F.cross_entropy(joint, truth, ignore_index=-1)
aggregated = sum(joint[j::M, j::M] for j in range(M)) / M

# Self-distillation with T = 2.
student, T = random(pictures, classes), 2.0
distilled = F.kl_div(F.log_softmax(student / T, 1), F.softmax(aggregated.detach() / T, 1), reduction="batchmean") * T**2

# S4L-Exemplar: batch-hard triplets with a soft margin on unit vectors.
vectors = random(6, 5)
kinds = torch.tensor([0, 0, 1, 1, 2, 2])
unit = F.normalize(vectors, dim=1)
distance = (unit[:, None] - unit[None]).pow(2).sum(2).clamp_min(1e-12).sqrt()
same = kinds[:, None] == kinds[None]
farthest = distance.masked_fill(~same | torch.eye(6, dtype=torch.bool), -torch.inf).amax(1)
nearest = distance.masked_fill(same, torch.inf).amin(1)
batch_hard = F.softplus(farthest - nearest).mean()

# The same, triplets drawn by their hardness as in google-research/s4l: the loss expected over both draws.
alone = torch.eye(6, dtype=torch.bool)
p = distance.detach().masked_fill(~same | alone, -torch.inf).softmax(1)
q = (-distance.detach()).masked_fill(same, -torch.inf).softmax(1)
sampled = (p[:, :, None] * q[:, None] * F.softplus(distance[:, :, None] - distance[:, None])).sum((1, 2)).mean()

gradient = lambda loss, of: flat(torch.autograd.grad(loss, of, retain_graph=True)[0])
golden = {
    "labels": labels.tolist(),
    "crossEntropy": {"logits": flat(logits), "loss": cross_entropy.item(), "gradient": gradient(cross_entropy, logits)},
    "joint": {
        "logits": flat(joint),
        "loss": joint_loss.item(),
        "gradient": gradient(joint_loss, joint),
        "aggregated": flat(aggregated),
    },
    "distillation": {"student": flat(student), "loss": distilled.item(), "gradient": gradient(distilled, student)},
    "batchHard": {"vectors": flat(vectors), "loss": batch_hard.item(), "gradient": gradient(batch_hard, vectors)},
    "sampledTriplets": {"loss": sampled.item(), "gradient": gradient(sampled, vectors)},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
