"""Takes training steps in PyTorch: `training.py eager|compiled THREADS`."""

import json
import resource
import sys
import time

import torch

from networks import MaskedTokens, SimCLR, load
from serve import serve

mode, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
state = {}


def read(file):
    """A safetensors file."""
    with open(file, "rb") as handle:
        length = int.from_bytes(handle.read(8), "little")
        header = json.loads(handle.read(length))
        body = bytearray(handle.read())
    types = {"F32": torch.float32, "I32": torch.int32}
    return {
        name: torch.frombuffer(body, dtype=types[entry["dtype"]], count=(entry["data_offsets"][1] - entry["data_offsets"][0]) // 4, offset=entry["data_offsets"][0]).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def optimizer_of(model):
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=0.06, momentum=0.9, fused=True)


def prepare(work, file, exact=False):
    torch._dynamo.reset()
    tensors = read(file)
    pictures = work["kind"] == "simclr"
    model = SimCLR(work, exact).to(memory_format=torch.channels_last) if pictures else MaskedTokens(work)
    load(model, tensors)
    names = ("first", "second") if pictures else ("ids", "places", "answers")
    batches = [[tensors[f"batch{i}/{name}"] for name in names] for i in range(4)]
    state.update(
        step=0,
        model=torch.compile(model) if mode == "compiled" and not exact else model,
        optimizer=optimizer_of(model),
        # Pictures lie in memory as height, width, channels: seen as channels_last they need no copy.
        batches=[[x.permute(0, 3, 1, 2) if pictures else x.long() for x in batch] for batch in batches],
    )


def run(steps):
    times, losses = [], []
    for _ in range(steps):
        began = time.perf_counter()
        loss = state["model"](*state["batches"][state["step"] % 4])
        state["optimizer"].zero_grad()
        loss.backward()
        state["optimizer"].step()
        losses.append(loss.item())
        times.append(1000 * (time.perf_counter() - began))
        state["step"] += 1
    return {"times": times, "losses": losses}


def memory():
    with open("/proc/self/statm") as file:
        resident = int(file.read().split()[1]) * resource.getpagesize()
    return {"resident": resident, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


serve({"start": lambda: {"version": torch.__version__, "threads": threads}, "prepare": prepare, "run": run, "memory": memory})
