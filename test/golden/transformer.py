"""Output and gradients of PyTorch's transformer encoder, made once: python test/golden/transformer.py

Weights are a formula that the test repeats: element j of variable i is sin(1 + 7 i + 0.37 j) / 3, and 1 more for scales.
"""
import json
import math
import pathlib

import torch
from torch import nn

VOCABULARY, LENGTH, WIDTH, HEADS, LAYERS = 7, 5, 4, 2, 2
torch.set_default_dtype(torch.float64)

ids = torch.tensor([[2, 5, 6, 3, 0], [2, 4, 3, 5, 3]])
segments = torch.tensor([[0, 0, 0, 0, 0], [0, 0, 0, 1, 1]])


def values(number, shape, scale=False):
    count = math.prod(shape)
    flat = [math.sin(1 + 7 * number + 0.37 * j) / 3 + (1 if scale else 0) for j in range(count)]
    return torch.tensor(flat).reshape(shape)


numbers = iter(range(1000))
embed = nn.ParameterList([values(next(numbers), (rows, WIDTH)) for rows in (VOCABULARY, LENGTH, 2)])
norm = nn.LayerNorm(WIDTH, 1e-5)
with torch.no_grad():
    norm.weight.copy_(values(next(numbers), (WIDTH,), True))
    norm.bias.copy_(values(next(numbers), (WIDTH,)))
parameters = [*embed, norm.weight, norm.bias]
x = embed[0][ids] + embed[1] + embed[2][segments]
x = norm(x)
for _ in range(LAYERS):
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, 0.0, "gelu", 1e-5, batch_first=True)
    with torch.no_grad():
        layer.self_attn.in_proj_weight.copy_(values(next(numbers), (WIDTH, 3 * WIDTH)).T)
        layer.self_attn.in_proj_bias.copy_(values(next(numbers), (3 * WIDTH,)))
        layer.self_attn.out_proj.weight.copy_(values(next(numbers), (WIDTH, WIDTH)).T)
        layer.self_attn.out_proj.bias.copy_(values(next(numbers), (WIDTH,)))
        layer.norm1.weight.copy_(values(next(numbers), (WIDTH,), True))
        layer.norm1.bias.copy_(values(next(numbers), (WIDTH,)))
        layer.linear1.weight.copy_(values(next(numbers), (WIDTH, 4 * WIDTH)).T)
        layer.linear1.bias.copy_(values(next(numbers), (4 * WIDTH,)))
        layer.linear2.weight.copy_(values(next(numbers), (4 * WIDTH, WIDTH)).T)
        layer.linear2.bias.copy_(values(next(numbers), (WIDTH,)))
        layer.norm2.weight.copy_(values(next(numbers), (WIDTH,), True))
        layer.norm2.bias.copy_(values(next(numbers), (WIDTH,)))
    attention = layer.self_attn
    parameters += [attention.in_proj_weight, attention.in_proj_bias, attention.out_proj.weight, attention.out_proj.bias]
    parameters += [layer.norm1.weight, layer.norm1.bias, layer.linear1.weight, layer.linear1.bias]
    parameters += [layer.linear2.weight, layer.linear2.bias, layer.norm2.weight, layer.norm2.bias]
    x = layer(x, src_key_padding_mask=ids == 0)

# A loss in which every token that is no padding counts in its own way.
visible = (ids != 0).unsqueeze(-1)
weights = values(500, tuple(x.shape)) * visible
(x * weights).sum().backward()
tokens = (x * visible).detach()
matrices = {id(parameter) for parameter in parameters[5:] if parameter.dim() == 2}  # of which PyTorch keeps the transpose
result = {
    "tokens": tokens.flatten().tolist(),
    "gradients": [(p.grad.T if id(p) in matrices else p.grad).flatten().tolist() for p in parameters],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
