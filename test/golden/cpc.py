"""Golden values for src/nn/gru.ts and src/losses/future.ts from PyTorch.

python test/golden/cpc.py writes cpc.json beside itself.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(0)
inputs, units, batch, time = 2, 3, 2, 5
gru = torch.nn.GRU(inputs, units, batch_first=True).double()
x = torch.randn(batch, time, inputs, dtype=torch.float64)
states = gru(x)[0]

# Predictions 1 row ahead on a grid of 3 x 2, for 2 samples: softmax over all latents for a given context.
grid, features = (2, 3, 2), 4
latents = torch.randn(*grid, features, dtype=torch.float64, requires_grad=True)
predictions = torch.randn(2, 2, 2, features, dtype=torch.float64, requires_grad=True)
scores = predictions.reshape(-1, features) @ latents.reshape(-1, features).T
index = torch.arange(12).reshape(grid)
loss = F.cross_entropy(scores, index[:, 1:].reshape(-1))
gradients = torch.autograd.grad(loss, [predictions, latents])

flat = lambda t: t.detach().flatten().tolist()
golden = {
    "gru": {
        "x": flat(x),
        # PyTorch stacks the gates r, z, n along rows; here they are side by side.
        "kernel": flat(gru.weight_ih_l0.T),
        "recurrent": flat(gru.weight_hh_l0.T),
        "bias": flat(gru.bias_ih_l0),
        "recurrentBias": flat(gru.bias_hh_l0),
        "states": flat(states),
    },
    "future": {
        "latents": flat(latents),
        "predictions": flat(predictions),
        "loss": loss.item(),
        "predictionsGradient": flat(gradients[0]),
        "latentsGradient": flat(gradients[1]),
    },
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
