"""The networks of the benchmark in PyTorch, with the names that Autodidact gives their variables."""

import torch
import torch.nn.functional as F
from torch import nn


def conv(inputs, filters, size=3, stride=1, exact=False):
    """`exact` pads as TensorFlow does (a stride of 2 looks one pixel further right); without, as PyTorch users do."""
    layer = nn.Conv2d(inputs, filters, size, stride, padding=size // 2, bias=False)
    if exact and stride == 2 and size == 3:
        layer.padding = (0, 0)
        layer.register_forward_pre_hook(lambda _, args: F.pad(args[0], (0, 1, 0, 1)))
    return layer


class ConvNet(nn.Module):
    def __init__(self, channels, width, exact=False):
        super().__init__()
        inputs = channels
        self.layers = 4
        for i in range(4):
            filters = width * 2**i
            setattr(self, f"conv{i + 1}", conv(inputs, filters, stride=1 if i == 0 else 2, exact=exact))
            setattr(self, f"norm{i + 1}", nn.BatchNorm2d(filters))
            inputs = filters
        self.features = inputs

    def forward(self, x):
        for i in range(1, self.layers + 1):
            x = F.relu(getattr(self, f"norm{i}")(getattr(self, f"conv{i}")(x)), inplace=True)
        return x.mean((2, 3))


class Path(nn.Module):
    def __init__(self, inputs, filters, stride, exact):
        super().__init__()
        self.conv1 = conv(inputs, filters, stride=stride, exact=exact)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = conv(filters, filters)
        self.norm2 = nn.BatchNorm2d(filters)

    def forward(self, x):
        return self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)), inplace=True)))


class Shortcut(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.conv = conv(inputs, filters, size=1, stride=stride)
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x):
        return self.norm(self.conv(x))


class Block(nn.Module):
    def __init__(self, inputs, filters, stride, exact):
        super().__init__()
        self.path = Path(inputs, filters, stride, exact)
        same = stride == 1 and inputs == filters
        self.shortcut = nn.Identity() if same else Shortcut(inputs, filters, stride)

    def forward(self, x):
        return F.relu(self.path(x) + self.shortcut(x), inplace=True)


class ResNet18(nn.Module):
    def __init__(self, channels, width, exact=False):
        super().__init__()
        self.stem = conv(channels, width)
        self.norm = nn.BatchNorm2d(width)
        inputs = width
        self.blocks = []
        for group in range(4):
            filters = width * 2**group
            for block in range(2):
                name = f"block{group + 1}_{block + 1}"
                stride = 2 if group > 0 and block == 0 else 1
                setattr(self, name, Block(inputs, filters, stride, exact))
                self.blocks.append(name)
                inputs = filters
        self.features = inputs

    def forward(self, x):
        x = F.relu(self.norm(self.stem(x)), inplace=True)
        for name in self.blocks:
            x = getattr(self, name)(x)
        return x.mean((2, 3))


class Projector(nn.Module):
    def __init__(self, inputs, widths=(256, 64)):
        super().__init__()
        self.linear1 = nn.Linear(inputs, widths[0], bias=False)
        self.norm1 = nn.BatchNorm1d(widths[0])
        self.linear2 = nn.Linear(widths[0], widths[1], bias=False)
        self.norm2 = nn.BatchNorm1d(widths[1])

    def forward(self, x):
        return self.norm2(self.linear2(F.relu(self.norm1(self.linear1(x)), inplace=True)))


def nt_xent(z, temperature):
    z = F.normalize(z, dim=1)
    logits = z @ z.T / temperature
    rows = len(z)
    logits = logits.masked_fill(torch.eye(rows, dtype=torch.bool), -1e9)
    partner = torch.arange(rows).roll(rows // 2)
    return F.cross_entropy(logits, partner)


class SimCLR(nn.Module):
    """The whole of what is differentiated: two batches of views to the loss."""

    def __init__(self, work, exact=False):
        super().__init__()
        network = ConvNet if work["encoder"] == "convnet" else ResNet18
        self.encoder = network(work["shape"][2], work["width"], exact)
        self.projector = Projector(self.encoder.features)

    def forward(self, first, second):
        return nt_xent(self.projector(self.encoder(torch.cat([first, second]))), 0.5)


class Embeddings(nn.Module):
    def __init__(self, work):
        super().__init__()
        self.token = nn.Embedding(work["vocabulary"], work["width"])
        self.position = nn.Embedding(work["length"], work["width"])
        self.segment = nn.Embedding(2, work["width"])
        self.norm = nn.LayerNorm(work["width"])

    def forward(self, ids, segments):
        return self.norm(self.token(ids) + self.segment(segments) + self.position.weight)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.project = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.project(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        taken = F.scaled_dot_product_attention(query, key, value)
        return self.merge(taken.transpose(1, 2).reshape(batch, length, width))


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attention = Attention(width, heads)
        self.norm1 = nn.LayerNorm(width)
        self.mlp1 = nn.Linear(width, 4 * width)
        self.mlp2 = nn.Linear(4 * width, width)
        self.norm2 = nn.LayerNorm(width)

    def forward(self, x):
        y = self.norm1(x + self.attention(x))
        return self.norm2(y + self.mlp2(F.gelu(self.mlp1(y))))


class Transformer(nn.Module):
    def __init__(self, work):
        super().__init__()
        self.embeddings = Embeddings(work)
        self.layers = work["layers"]
        for i in range(self.layers):
            setattr(self, f"layer{i + 1}", Layer(work["width"], work["heads"]))

    def forward(self, ids):
        x = self.embeddings(ids[..., 0], ids[..., 1])
        for i in range(self.layers):
            x = getattr(self, f"layer{i + 1}")(x)
        return x


class MaskedTokens(nn.Module):
    def __init__(self, work):
        super().__init__()
        self.encoder = Transformer(work)

    def forward(self, ids, places, answers):
        hidden = self.encoder(ids)
        at = hidden.reshape(-1, hidden.shape[-1])[places.reshape(-1)]
        return F.cross_entropy(at @ self.encoder.embeddings.token.weight.T, answers.reshape(-1))


def load(model, tensors):
    """Takes the weights that Autodidact wrote."""
    for path, module in model.named_modules():
        name = path.replace(".", "/").replace("_", ".")
        if isinstance(module, nn.Conv2d):
            module.weight.data.copy_(tensors[f"{name}/kernel"].permute(3, 2, 0, 1))
        elif isinstance(module, nn.Linear):
            module.weight.data.copy_(tensors[f"{name}/kernel"].T)
            if module.bias is not None:
                module.bias.data.copy_(tensors[f"{name}/bias"])
        elif isinstance(module, nn.Embedding):
            module.weight.data.copy_(tensors[name])
        elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)):
            module.weight.data.copy_(tensors[f"{name}/scale"])
            module.bias.data.copy_(tensors[f"{name}/offset"])
