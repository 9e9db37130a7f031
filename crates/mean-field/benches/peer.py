"""The cosine map K in PyTorch: the closed form, applied again and again to many cosines at once.

Prints one JSON line: seconds for all applications (the best of the repetitions), the mean of the last iterates, the
version, the number of threads. Arguments: number of cosines, applications, repetitions.

The opponent is a fair one: float64 and two threads, vectorised, no tensor allocated on the way, no gradients recorded,
and worked through in blocks that stay in the processor's cache while every application passes over them.
"""

import json
import math
import sys
import time

import torch

torch.set_num_threads(2)

# Four times what PyTorch splits among threads at the least, and small enough for the cache.
BLOCK = 131072


def apply(c, angle):
    """c <- (sqrt(1 - c^2) + c (pi - arccos c)) / pi, without further memory."""
    torch.acos(c, out=angle)
    angle.neg_().add_(math.pi).mul_(c)
    c.square_().neg_().add_(1.0).clamp_min_(0.0).sqrt_().add_(angle).mul_(1.0 / math.pi).clamp_max_(1.0)


def main():
    cosines, applications, repetitions = map(int, sys.argv[1:4])
    first = torch.linspace(-1.0, 1.0, cosines, dtype=torch.float64)
    best = math.inf
    for _ in range(repetitions + 1):
        c = first.clone()
        angle = torch.empty(BLOCK, dtype=torch.float64)
        start = time.perf_counter()
        for block in c.split(BLOCK):
            room = angle[: block.numel()]
            for _ in range(applications):
                apply(block, room)
        best = min(best, time.perf_counter() - start)
    line = {
        "seconds": best,
        "mean": c.mean().item(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }
    print(json.dumps(line))


with torch.inference_mode():
    main()
