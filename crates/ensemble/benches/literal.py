"""The literal computation in PyTorch: draw every weight, multiply, rectify; and backwards by automatic differentiation.

Arguments: what, width, samples, layers, repetitions. Prints one JSON line with the seconds per layer of each repetition.
  forward        one network forwards, with the ratio of Eq. 9 in every layer
  gradient       loss.backward() through weights that are parameters, as PyTorch makes them: their gradients come along
  gradient-lean  the same with weights that ask for no gradient
For the gradient the weights of a layer are drawn once and used in three settings (Kaiming, scale+bias, batch
normalisation); the time is that of the three together.
"""

import json
import sys
import time

import torch

torch.set_num_threads(2)


def draw(width, trained=False):
    weights = torch.empty(width, width)
    torch.nn.init.kaiming_normal_(weights, nonlinearity="relu")
    return weights.requires_grad_(trained)


def setting_of(u, setting):
    if setting == "kaiming":
        return u
    mean = u.mean(dim=0)
    if setting == "batch_norm":
        return (u - mean) / (u - mean).square().mean(dim=0).sqrt()
    mean = mean.detach()
    return (u - mean) * ((u.detach() - mean).square().mean() + 1e-5).rsqrt()


@torch.no_grad()
def forward(width, samples, layers):
    x = torch.randn(samples, width)
    for _ in range(layers):
        u = torch.nn.functional.linear(x, draw(width))
        mean = u.mean(dim=0)
        (mean.square().sum() / (u.square().mean(dim=0) - mean.square()).sum()).sqrt().item()
        x = torch.relu(u)


def gradient(width, samples, layers, trained=True):
    weights = [draw(width, trained) for _ in range(layers)]
    readout = torch.randn(width)
    for setting in ("kaiming", "scale_bias", "batch_norm"):
        activations = [torch.randn(samples, width, requires_grad=True)]
        for w in weights:
            u = torch.nn.functional.linear(activations[-1], w)
            activations.append(torch.relu(setting_of(u, setting)))
            activations[-1].retain_grad()
        (activations[-1] @ readout).sum().backward()
        for x in activations:
            x.grad.square().mean().item()
        for w in weights:
            w.grad = None


def main():
    kinds = {
        "forward": forward,
        "gradient": gradient,
        "gradient-lean": lambda *sizes: gradient(*sizes, trained=False),
    }
    what = kinds[sys.argv[1]]
    width, samples, layers, repetitions = map(int, sys.argv[2:6])
    what(width, samples, layers)  # once, for warm caches and thread pools
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        what(width, samples, layers)
        times.append((time.perf_counter() - start) / layers)
    print(json.dumps({"seconds": times, "torch": torch.__version__, "threads": torch.get_num_threads()}))


main()
