"""Augmentations of the peers in one thread: `augment.py tensors|pil|albumentations|kornia`.

Each takes 8-bit pictures, height x width x channels, to float pictures in [0, 1].
"""

import sys
import time

import numpy as np
import torch

from serve import serve

library = sys.argv[1]
torch.set_num_threads(1)
state = {}


def kernel_of(side):
    return 2 * (side // 10 // 2) + 1


def torchvision_views(name, side, pil):
    from PIL import Image
    from torchvision.transforms import v2

    crop = lambda low: v2.RandomResizedCrop(side, scale=(low, 1), antialias=True)
    jitter = lambda s, p: v2.RandomApply([v2.ColorJitter(0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s)], p)
    blur = v2.GaussianBlur(kernel_of(side), (0.1, 2))
    large = side > 64
    ops = {
        "random resized crop": [crop(0.08)],
        "horizontal flip": [v2.RandomHorizontalFlip(1)],
        "color jitter": [v2.ColorJitter(0.4, 0.4, 0.4, 0.1)],
        "grayscale": [v2.RandomGrayscale(1)],
        "Gaussian blur": [blur],
        "solarize": [v2.RandomSolarize(128, 1)],
        "SimCLR": [crop(0.08), v2.RandomHorizontalFlip(), jitter(1 if large else 0.5, 0.8), v2.RandomGrayscale(0.2)]
        + ([v2.RandomApply([blur], 0.5)] if large else []),
        "MoCo v2": [crop(0.2), jitter(0.5, 0.8), v2.RandomGrayscale(0.2)]
        + ([v2.RandomApply([blur], 0.5)] if large else [])
        + [v2.RandomHorizontalFlip()],
    }[name]
    first = Image.fromarray if pil else (lambda a: torch.from_numpy(a).permute(2, 0, 1))
    views = v2.Compose([v2.ToImage() if pil else v2.Identity(), v2.ToDtype(torch.float32, scale=True)])
    middle = v2.Compose(ops)
    return lambda pictures: [views(middle(first(picture))) for picture in pictures]


def albumentations_views(name, side):
    import albumentations as A
    import cv2

    cv2.setNumThreads(0)
    crop = lambda low: A.RandomResizedCrop(size=(side, side), scale=(low, 1.0))
    jitter = lambda s, p: A.ColorJitter(
        (max(0, 1 - 0.8 * s), 1 + 0.8 * s), (max(0, 1 - 0.8 * s), 1 + 0.8 * s), (max(0, 1 - 0.8 * s), 1 + 0.8 * s), (-0.2 * s, 0.2 * s), p=p
    )
    kernel = max(3, kernel_of(side))
    blur = lambda p: A.GaussianBlur(blur_limit=(kernel, kernel), sigma_limit=(0.1, 2.0), p=p)
    large = side > 64
    ops = {
        "random resized crop": [crop(0.08)],
        "horizontal flip": [A.HorizontalFlip(p=1)],
        "color jitter": [jitter(0.5, 1)],
        "grayscale": [A.ToGray(p=1)],
        "Gaussian blur": [blur(1)],
        "solarize": [A.Solarize((0.5, 0.5), p=1)],
        "SimCLR": [crop(0.08), A.HorizontalFlip(p=0.5), jitter(1 if large else 0.5, 0.8), A.ToGray(p=0.2)] + ([blur(0.5)] if large else []),
        "MoCo v2": [crop(0.2), jitter(0.5, 0.8), A.ToGray(p=0.2)] + ([blur(0.5)] if large else []) + [A.HorizontalFlip(p=0.5)],
    }[name]
    views = A.Compose(ops + [A.ToFloat(max_value=255)])
    return lambda pictures: [views(image=picture)["image"] for picture in pictures]


def kornia_views(name, side):
    import kornia.augmentation as K

    crop = lambda low: K.RandomResizedCrop((side, side), scale=(low, 1.0))
    jitter = lambda s, p: K.ColorJitter(0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s, p=p)
    kernel = max(3, kernel_of(side))
    blur = lambda p: K.RandomGaussianBlur((kernel, kernel), (0.1, 2.0), p=p)
    large = side > 64
    ops = {
        "random resized crop": [crop(0.08)],
        "horizontal flip": [K.RandomHorizontalFlip(p=1.0)],
        "color jitter": [jitter(0.5, 1.0)],
        "grayscale": [K.RandomGrayscale(p=1.0)],
        "Gaussian blur": [blur(1.0)],
        "solarize": [K.RandomSolarize(0.0, 0.0, p=1.0)],
        "SimCLR": [crop(0.08), K.RandomHorizontalFlip(), jitter(1 if large else 0.5, 0.8), K.RandomGrayscale(p=0.2)] + ([blur(0.5)] if large else []),
        "MoCo v2": [crop(0.2), jitter(0.5, 0.8), K.RandomGrayscale(p=0.2)] + ([blur(0.5)] if large else []) + [K.RandomHorizontalFlip()],
    }[name]
    views = K.AugmentationSequential(*ops, data_keys=["input"])
    return lambda pictures: views(torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255)


def views_of(name, side):
    if library == "albumentations":
        return albumentations_views(name, side)
    if library == "kornia":
        return kornia_views(name, side)
    return torchvision_views(name, side, library == "pil")


def start():
    """Fails where the library is missing."""
    views_of("SimCLR", 32)
    return {}


def prepare(name, side, file):
    """Reads the pixels of all pictures."""
    pictures = list(np.fromfile(file, np.uint8).reshape(-1, side, side, 3))
    views = views_of(name, side)
    views(pictures[:8])
    state.update(views=views, pictures=pictures)


def run(milliseconds):
    """Works for so long; pictures per second of processor time."""
    began, before, done = time.perf_counter(), time.process_time(), 0
    with torch.no_grad():
        while 1000 * (time.perf_counter() - began) < milliseconds:
            state["views"](state["pictures"])
            done += len(state["pictures"])
    return done / (time.process_time() - before)


serve({"start": start, "prepare": prepare, "run": run})
