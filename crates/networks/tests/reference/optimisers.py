"""Fifty steps of PyTorch's optimisers on a small regression, in double precision.

Run `python optimisers.py > optimisers.json` in this folder. The loss is the mean over eight samples of (tanh(a x) · b - y)²/2
with parameters a (4 × 3) and b (4); the trajectory lists the parameters after every tenth step, and the gradients of
every step, so that an optimiser can be compared without the network.
"""

import json
import platform
import sys

import torch

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)


def some(*shape):
    return torch.randint(-64, 65, shape) / 64


def trajectory(make):
    generator = torch.Generator().manual_seed(9)
    a = (torch.randint(-64, 65, (4, 3), generator=generator) / 64).requires_grad_()
    b = (torch.randint(-64, 65, (4,), generator=generator) / 64).requires_grad_()
    optimiser = make([a, b])
    parameters = lambda: torch.cat([a.flatten(), b]).tolist()
    start, gradients, reached = parameters(), [], []
    for step in range(1, 51):
        optimiser.zero_grad()
        loss = ((torch.tanh(x @ a.T) @ b - y).square() / 2).mean()
        loss.backward()
        gradients.append(torch.cat([a.grad.flatten(), b.grad]).tolist())
        optimiser.step()
        if step % 10 == 0:
            reached.append({"step": step, "parameters": parameters()})
    return {"start": start, "gradients": gradients, "reached": reached}


x, y = some(8, 3), some(8)
made_by = {"torch": torch.__version__, "python": platform.python_version(), "script": sys.argv[0]}
trajectories = {
    "sgd": {"rate": 0.1, "momentum": 0.9, **trajectory(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9))},
    "adam": {
        "rate": 0.01,
        "betas": [0.9, 0.999],
        "epsilon": 1e-8,
        **trajectory(lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.9, 0.999), eps=1e-8)),
    },
}
print(json.dumps({"made_by": made_by, **trajectories}, separators=(",", ":")))
