"""The networks as PyTorch makes them, in single precision, on two threads or on a card.

Arguments: what, repetitions, and the manner: eager, channels_last (a position's channels side by side in memory) or compile
(torch.compile), a space, and how convolutions pad: reflect, as the paper has it, or zeros, which is faster. Prints one JSON
line with the seconds of each repetition and the peak memory of the process in bytes.
  allcnn-forward    ALL-CNN-C forwards without a tape: 32 images of 32 × 32
  allcnn-step       the same forwards, cross entropy, backwards, and a step of SGD with momentum
  unet-forward      U-Net forwards without a tape: one image of 512 × 512
  allcnn-step-cuda  the step with 128 images on a card, without TF32
"""

import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(2)
MANNER, PADDING = sys.argv[3].split()
FORMAT = torch.channels_last if MANNER == "channels_last" else torch.contiguous_format


def convolution(channels_in, channels_out, size=3, stride=1):
    return nn.Conv2d(channels_in, channels_out, size, stride, padding=size // 2, padding_mode=PADDING)


def in_manner(network, images):
    """The network and its images, prepared for the manner asked for."""
    network, images = network.to(memory_format=FORMAT), images.contiguous(memory_format=FORMAT)
    return (torch.compile(network) if MANNER == "compile" else network), images


def all_cnn(width=96):
    layers = []
    channels = 3
    for out, size, stride in [(width, 3, 1), (width, 3, 1), (width, 3, 2)] + [
        (2 * width, 3, 1),
        (2 * width, 3, 1),
        (2 * width, 3, 2),
        (2 * width, 3, 1),
        (2 * width, 1, 1),
        (10, 1, 1),
    ]:
        layers += [convolution(channels, out, size, stride), nn.ReLU()]
        channels = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(10, 10))


class UNet(nn.Module):
    def __init__(self, width=64, depth=4):
        super().__init__()
        twice = lambda a, b: nn.Sequential(convolution(a, b), nn.ReLU(), convolution(b, b), nn.ReLU())
        widths = [width << level for level in range(depth + 1)]
        self.down = nn.ModuleList(twice(a, b) for a, b in zip([1] + widths, widths))
        levels = list(zip(widths[:0:-1], widths[-2::-1]))
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in levels)
        self.after = nn.ModuleList(twice(a, b) for a, b in levels)
        self.last = nn.Conv2d(width, 2, 1)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        saved = []
        for block in self.down[:-1]:
            saved.append(block(x))
            x = self.pool(saved[-1])
        x = self.down[-1](x)
        for up, block in zip(self.up, self.after):
            x = block(torch.cat((saved.pop(), up(x)), dim=1))
        return self.last(x)


def allcnn_forward():
    network, images = in_manner(all_cnn(), torch.randn(32, 3, 32, 32))
    return torch.no_grad()(lambda: network(images))


def allcnn_step(count=32, device="cpu"):
    network, images = in_manner(all_cnn().to(device), torch.randn(count, 3, 32, 32, device=device))
    labels = torch.randint(0, 10, (count,), device=device)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)

    def step():
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(images), labels).backward()
        optimiser.step()
        if device == "cuda":
            torch.cuda.synchronize()

    return step


def allcnn_step_cuda():
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    return allcnn_step(128, "cuda")


def unet_forward():
    network, images = in_manner(UNet(), torch.randn(1, 1, 512, 512))
    return torch.no_grad()(lambda: network(images))


KINDS = {
    "allcnn-forward": allcnn_forward,
    "allcnn-step": allcnn_step,
    "unet-forward": unet_forward,
    "allcnn-step-cuda": allcnn_step_cuda,
}


def main(kinds):
    run, repetitions = kinds[sys.argv[1]](), int(sys.argv[2])
    run()  # once, for warm caches and thread pools
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    # Not getrusage: that remembers what the process that started this one had in use.
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    peak = 1024 * int(status["VmHWM"].split()[0])
    print(json.dumps({"seconds": times, "peak": peak, "torch": torch.__version__}))


if __name__ == "__main__":
    main(KINDS)
