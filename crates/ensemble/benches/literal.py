"""The literal computation in PyTorch: draw every weight, multiply, rectify; and backwards by automatic differentiation.

Prints one JSON line with the seconds per network and layer of each repetition. Arguments: forward | gradient, width,
samples, layers, repetitions. For the gradient the weights of a layer are drawn once and used in three settings
(Kaiming, scale+bias, batch normalisation), and the time is that of the three together.
"""

import json
import math
import sys
import time

import torch

torch.set_num_threads(2)


def pre_activations(u, setting):
    if setting == "kaiming":
        return u
    if setting == "scale_bias":
        with torch.no_grad():
            mean = u.mean(dim=1, keepdim=True)
            scale = ((u - mean).square().mean() + 1e-5).rsqrt()
        return (u - mean) * scale
    mean = u.mean(dim=1, keepdim=True)
    return (u - mean) / (u - mean).square().mean(dim=1, keepdim=True).sqrt()


def draw(width):
    return torch.randn(width, width).mul_(math.sqrt(2 / width))


def forward(width, samples, layers):
    x = torch.randn(width, samples)
    ratios = []
    for _ in range(layers):
        u = draw(width) @ x
        mean = u.mean(dim=1)
        ratios.append((mean.square().sum() / (u.square().mean(dim=1) - mean.square()).sum()).sqrt())
        x = torch.relu(u)
    return ratios


def gradient(width, samples, layers):
    weights = [draw(width) for _ in range(layers)]
    readout = torch.randn(width, 1)
    for setting in ("kaiming", "scale_bias", "batch_norm"):
        activations = [torch.randn(width, samples, requires_grad=True)]
        for w in weights:
            activations.append(torch.relu(pre_activations(w @ activations[-1], setting)))
        gradients = torch.autograd.grad((readout * activations[-1]).sum(), activations)
        [g.square().mean().item() for g in gradients]


def main():
    what = {"forward": forward, "gradient": gradient}[sys.argv[1]]
    width, samples, layers, repetitions = map(int, sys.argv[2:6])
    what(width, samples, layers)  # once for warm caches and thread pools
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        with torch.set_grad_enabled(what is gradient):
            what(width, samples, layers)
        times.append((time.perf_counter() - start) / layers)
    print(json.dumps({"seconds": times, "torch": torch.__version__, "threads": torch.get_num_threads()}))


main()
