"""Training ALL-CNN-C as PyTorch does it, on two threads: images chosen, padded, cropped and standardised, then a step of SGD.

Arguments and output as in the script of the crate `networks`, which this one builds on.
  allcnn-augmented-N-W  128 images in steps of N, every layer but the last W/96 of the paper's width
"""

import sys
from functools import partial
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "networks" / "benches"))
import literal  # noqa: E402

PAD = 4
MEAN = torch.tensor([125.3, 123.0, 113.9]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([63.0, 62.1, 66.7]).view(1, 3, 1, 1)


def augmented_steps(batch, width):
    images = torch.randint(0, 256, (2000, 3, 32, 32), dtype=torch.uint8)
    labels = torch.randint(0, 10, (2000,))
    network, _ = literal.in_manner(literal.all_cnn(width), images[:batch].float())
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)

    def step():
        chosen = torch.randint(0, len(images), (batch,))
        padded = nn.functional.pad(images[chosen], (PAD, PAD, PAD, PAD))
        corners = torch.randint(0, 2 * PAD + 1, (batch, 2)).tolist()
        crops = [image[:, y : y + 32, x : x + 32] for image, (y, x) in zip(padded, corners)]
        standardised = (torch.stack(crops).float() - MEAN) / DEVIATION
        standardised = standardised.contiguous(memory_format=literal.FORMAT)
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(standardised), labels[chosen]).backward()
        optimiser.step()

    def run():
        for _ in range(128 // batch):
            step()

    return run


if __name__ == "__main__":
    kinds = {(batch, width) for batch in (32, 128) for width in (24, 96)}
    literal.main({f"allcnn-augmented-{b}-{w}": partial(augmented_steps, b, w) for b, w in kinds})
