"""Values and gradients of every operation, made by PyTorch in double precision.

Run `python operations.py > operations.json` in this folder. The loss is the sum of the output times fixed weights, so that
every element of the gradient matters; where the output is already a loss, it is that. Inputs are multiples of 1/64,
which JSON holds exactly in few digits; results are written with all their digits.
"""

import json
import platform
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)


def some(*shape):
    """Numbers between -2 and 2, all different from 0."""
    return ((torch.randint(0, 128, shape) - 63.5) / 32).requires_grad_()


def tensor(value):
    """Shape and numbers, in the order of the shape."""
    return {"shape": list(value.shape), "data": value.detach().flatten().tolist()}


def case(name, function, inputs, **settings):
    """What `function` makes of the inputs, and the gradients of (output · weights) with respect to them."""
    output = function(**inputs)
    weights = some(*output.shape).detach() if output.dim() else torch.ones(())
    tracked = {name: value for name, value in inputs.items() if value.requires_grad}
    gradients = torch.autograd.grad((output * weights).sum(), list(tracked.values()))
    return {
        "name": name,
        **settings,
        "inputs": {name: tensor(value) for name, value in inputs.items()},
        "output": tensor(output),
        "weights": tensor(weights),
        "gradients": {name: tensor(value) for name, value in zip(tracked, gradients)},
    }


def convolution(images, channels, size, kernel, stride, padding, mode, biased=True):
    """`mode` is zeros or reflect."""

    def convolve(x, kernel, bias=None):
        if mode == "reflect":
            x = F.pad(x, (padding,) * 4, mode="reflect")
        return F.conv2d(x, kernel, bias, stride, padding if mode == "zeros" else 0)

    inputs = {"x": some(images, channels[0], *size), "kernel": some(channels[1], channels[0], *kernel)}
    if biased:
        inputs["bias"] = some(channels[1])
    return case("convolve", convolve, inputs, stride=stride, padding=padding, mode=mode)


def operations():
    yield convolution(2, (3, 4), (5, 7), (3, 3), 1, 1, "reflect")
    yield convolution(1, (2, 3), (6, 5), (3, 3), 2, 1, "reflect")
    yield convolution(1, (3, 2), (3, 3), (5, 3), 1, 2, "reflect")
    yield convolution(2, (1, 2), (7, 8), (3, 2), 3, 2, "reflect", biased=False)
    yield convolution(2, (3, 2), (5, 4), (3, 3), 2, 1, "zeros")
    yield convolution(1, (2, 2), (6, 7), (4, 5), 1, 0, "zeros")
    yield convolution(3, (4, 3), (3, 5), (1, 1), 1, 0, "zeros")
    yield convolution(1, (2, 3), (5, 5), (1, 1), 2, 0, "zeros", biased=False)
    up = {"x": some(2, 3, 3, 5), "kernel": some(3, 2, 2, 2), "bias": some(2)}
    yield case("up_convolve", lambda x, kernel, bias: F.conv_transpose2d(x, kernel, bias, stride=2), up)
    up = {"x": some(1, 1, 1, 1), "kernel": some(1, 3, 2, 2)}
    yield case("up_convolve", lambda x, kernel: F.conv_transpose2d(x, kernel, stride=2), up)
    # Multiples of 1/32 in a small range: windows with ties are among them.
    ties = (torch.randint(-2, 3, (2, 3, 6, 4)) / 4 + 1 / 64).requires_grad_()
    yield case("max_pool", lambda x: F.max_pool2d(x, 2), {"x": ties})
    yield case("max_pool", lambda x: F.max_pool2d(x, 2), {"x": some(1, 2, 4, 8)})
    yield case("subsample", lambda x: x[:, :, ::2, ::2], {"x": some(2, 2, 4, 6)})
    yield case("relu", torch.relu, {"x": some(2, 3, 3, 5)})
    yield case("average", lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1), {"x": some(3, 2, 3, 5)})
    yield case("one_position", lambda x: x[:, :, x.shape[2] // 2, x.shape[3] // 2], {"x": some(2, 3, 4, 5)})
    pair = {"x": some(2, 3, 2, 3), "y": some(2, 1, 2, 3)}
    yield case("concatenate", lambda x, y: torch.cat((x, y), dim=1), pair)
    rows = {"x": some(3, 5), "weights": some(4, 5), "bias": some(4)}
    yield case("linear", lambda x, weights, bias: F.linear(x, weights, bias), rows)
    yield case("linear", lambda x, weights: F.linear(x, weights), {"x": some(1, 3), "weights": some(2, 3)})
    for shape in ((3, 4, 3, 5), (7, 3)):
        yield case("batch_norm", lambda x: F.batch_norm(x, None, None, training=True, eps=1e-5), {"x": some(*shape)})
    some(60), some(2)  # what follows keeps the numbers that it had behind a case of this size
    for name, shape in (("cross_entropy", (5, 4)), ("cross_entropy_per_pixel", (2, 3, 3, 4))):
        labels = torch.randint(0, shape[1], (shape[0], *shape[2:]))
        loss = case(name, lambda x: F.cross_entropy(x, labels), {"x": some(*shape)})
        yield {**loss, "labels": labels.flatten().tolist()}


made_by = {"torch": torch.__version__, "python": platform.python_version(), "script": sys.argv[0]}
print(json.dumps({"made_by": made_by, "cases": list(operations())}, separators=(",", ":")))
