"""From files to updated weights in PyTorch: `end_to_end.py "lightly + torchvision"|kornia THREADS`."""

import sys
import time

import torch
from torch.utils.data import DataLoader

from networks import SimCLR
from serve import serve

system, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
SIDE, BATCH, WARM_UP = 32, 256, 5


class Files(torch.utils.data.Dataset):
    """Pictures of a folder, 8-bit tensors; for Kornia, which augments whole batches."""

    def __init__(self, folder):
        import pathlib

        self.files = sorted(pathlib.Path(folder).iterdir())

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        from torchvision.io import decode_image

        return decode_image(str(self.files[index]))


def lightly_batches(folder, workers):
    from lightly.data import LightlyDataset
    from lightly.transforms import SimCLRTransform

    transform = SimCLRTransform(input_size=SIDE, cj_strength=0.5, gaussian_blur=0.0, min_scale=0.08)
    loader = loader_of(LightlyDataset(folder, transform=transform), workers)
    return lambda: (batch[0] for batch in loader)


def kornia_batches(folder, workers):
    import kornia.augmentation as K

    views = K.AugmentationSequential(
        K.RandomResizedCrop((SIDE, SIDE), scale=(0.08, 1.0)),
        K.RandomHorizontalFlip(),
        K.ColorJitter(0.4, 0.4, 0.4, 0.1, p=0.8),
        K.RandomGrayscale(p=0.2),
        data_keys=["input"],
    )
    loader = loader_of(Files(folder), workers)

    def batches():
        for pictures in loader:
            pictures = pictures.float() / 255
            with torch.no_grad():
                pair = views(pictures), views(pictures)
            yield pair

    return batches


def loader_of(dataset, workers):
    return DataLoader(dataset, BATCH, shuffle=True, drop_last=True, num_workers=workers, persistent_workers=workers > 0)


def run(folder, workers, epochs):
    """Trains; images per second after the first few steps."""
    model = SimCLR({"encoder": "convnet", "shape": [SIDE, SIDE, 3], "width": 32}).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.06, momentum=0.9, weight_decay=5e-4, fused=True)
    batches = (kornia_batches if system == "kornia" else lightly_batches)(folder, workers)
    done, began = 0, None
    for _ in range(epochs):
        for first, second in batches():
            views = [view.contiguous(memory_format=torch.channels_last) for view in (first, second)]
            loss = model(*views)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()
            done += 1
            if done == WARM_UP:
                began = time.perf_counter()
    return (done - WARM_UP) * BATCH / (time.perf_counter() - began)


serve({"run": run})
