//! Convolution on a card. Fully connected layers and up-convolutions are computed by the same kernels.

use super::{Convolution, Padding};
use crate::cuda::pass::add_channel_sums;
use crate::cuda::{Address, Machine};
use crate::operation::{Backward, CudaKernel, CudaPass, Launched};

/// Columns of a tile, threads of a block that makes one, and how many rows of the right-hand matrix it takes at once.
const WIDE: usize = 128;
const THREADS: usize = 128;
const DEPTH: usize = 8;
/// Blocks that a kernel's gradient is shared out among, if its sums are long enough.
const BLOCKS: usize = 1024;
/// Positions that a part of a kernel's gradient sums over, at least.
const PART: usize = 256;

/// Parameters of a matrix product.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Product {
    from: Address,
    packed: Address,
    bias: Address,
    to: Address,
    images: i32,
    inputs: i32,
    height: i32,
    width: i32,
    outputs: i32,
    rows: i32,
    columns: i32,
    kernel_rows: i32,
    kernel_columns: i32,
    stride: i32,
    padding: i32,
    reflect: i32,
    depth: i32,
    high: i32,
    accumulate: i32,
    part: i32,
}

/// Parameters of `pack_kernel`.
#[derive(Clone, Copy)]
#[repr(C)]
struct Packing {
    kernel: Address,
    packed: Address,
    taps: i32,
    count: i32,
    depth: i32,
    channels: i32,
    high: i32,
    step: i32,
    channel_step: i32,
}

/// Parameters of `add_parts`.
#[derive(Clone, Copy)]
#[repr(C)]
struct Parts {
    parts: Address,
    sum: Address,
    count: i32,
    size: i32,
}

/// A size that a kernel takes.
fn int(size: usize) -> i32 {
    i32::try_from(size).expect("what a card can hold has fewer than 2^31 positions per channel")
}

impl Product {
    fn of(shape: &Convolution) -> Self {
        Self {
            images: int(shape.images),
            inputs: int(shape.inputs),
            height: int(shape.height),
            width: int(shape.width),
            outputs: int(shape.outputs),
            rows: int(shape.out_height),
            columns: int(shape.out_width),
            kernel_rows: int(shape.kernel_height),
            kernel_columns: int(shape.kernel_width),
            stride: int(shape.window.stride),
            padding: int(shape.window.padding.size()),
            reflect: i32::from(matches!(shape.window.padding, Padding::Reflect(_))),
            ..Self::default()
        }
    }
}

/// The height of a tile for a matrix of so many rows: the one that wastes least, the largest of those.
fn tile(rows: usize) -> usize {
    [128, 96, 64].into_iter().min_by_key(|tile| rows.next_multiple_of(*tile)).expect("there are three")
}

/// A kernel for tiles of three heights: of 64, 96 and 128 rows.
type Family = [&'static str; 3];

/// What makes the tiles of a height.
fn of_height(family: Family, tile: usize) -> &'static str {
    family[tile / 32 - 2]
}

impl CudaKernel<3> for Convolution {
    fn forward<M: Machine>(&self, machine: &M, [x, kernel, bias]: [Address; 3], y: Address) -> Launched<M> {
        write_output(machine, self, [x, kernel, bias, y], false)
    }

    fn backward<M: Machine>(&self, machine: &M, pass: CudaPass<3>) -> Launched<M> {
        let Backward { inputs: [x, kernel, _], dy, gradients: [dx, dkernel, dbias], .. } = pass;
        add_channel_sums(machine, [self.images, self.outputs, self.positions()], dy, dbias)?;
        kernel_gradient(machine, self, [x, dy, dkernel])?;
        match dx {
            0 => Ok(()),
            dx => write_input(machine, self, [dy, kernel, 0, dx], true),
        }
    }
}

/// Writes or adds the convolution of maps of the input's shape, plus a bias, to maps of the output's shape.
pub(in crate::ops) fn write_output<M: Machine>(
    machine: &M,
    shape: &Convolution,
    arrays: [Address; 4],
    add: bool,
) -> Launched<M> {
    let taps = shape.kernel_height * shape.kernel_width;
    let product = Gathered {
        family: ["convolve_8", "convolve_12", "convolve_16"],
        channels: shape.outputs,
        count: shape.inputs,
        channel_step: shape.inputs * taps,
        step: taps,
        positions: shape.positions(),
    };
    product.run(machine, shape, arrays, add)
}

/// The adjoint of [`write_output`]: what maps of the output's shape send back, plus a bias, to maps of the input's shape.
pub(in crate::ops) fn write_input<M: Machine>(
    machine: &M,
    shape: &Convolution,
    arrays: [Address; 4],
    add: bool,
) -> Launched<M> {
    let (taps, stride) = (shape.kernel_height * shape.kernel_width, shape.window.stride);
    let product = Gathered {
        family: ["to_input_8", "to_input_12", "to_input_16"],
        channels: shape.inputs,
        count: shape.outputs,
        channel_step: taps,
        step: shape.inputs * taps,
        positions: shape.height.next_multiple_of(stride) * shape.width.next_multiple_of(stride),
    };
    product.run(machine, shape, arrays, add)
}

/// A product of the packed kernel with maps that are gathered on the way.
struct Gathered {
    family: Family,
    /// Channels of the maps written, and how far apart their weights lie in the kernel.
    channels: usize,
    channel_step: usize,
    /// Channels of the maps gathered, and how far apart their weights lie in the kernel.
    count: usize,
    step: usize,
    /// Positions of the maps written, rounded up to multiples of the stride.
    positions: usize,
}

impl Gathered {
    fn run<M: Machine>(
        self,
        machine: &M,
        shape: &Convolution,
        [from, kernel, bias, to]: [Address; 4],
        add: bool,
    ) -> Launched<M> {
        let (taps, tile) = (shape.kernel_height * shape.kernel_width, tile(self.channels));
        let (depth, high) = (self.count.next_multiple_of(DEPTH), self.channels.next_multiple_of(tile));
        let packed = machine.buffer(taps * depth * high * M::REAL)?;
        let packing = Packing {
            kernel,
            packed: M::address(&packed),
            taps: int(taps),
            count: int(self.count),
            depth: int(depth),
            channels: int(self.channels),
            high: int(high),
            step: int(self.step),
            channel_step: int(self.channel_step),
        };
        machine.each("pack_kernel", taps * depth * high, packing)?;
        let product = Product {
            from,
            packed: M::address(&packed),
            bias,
            to,
            depth: int(depth),
            high: int(high),
            accumulate: i32::from(add),
            ..Product::of(shape)
        };
        let positions = int(shape.images * self.positions) as usize;
        let blocks = [positions.div_ceil(WIDE), high / tile, 1];
        machine.launch(of_height(self.family, tile), blocks, THREADS, product)
    }
}

/// Adds the kernel's gradient to `dkernel`. For an up-convolution x and dy change places.
pub(in crate::ops) fn kernel_gradient<M: Machine>(
    machine: &M,
    shape: &Convolution,
    [x, dy, dkernel]: [Address; 3],
) -> Launched<M> {
    let (tile, wide, size) = (tile(shape.outputs), shape.fan_in(), shape.outputs * shape.fan_in());
    let (across, down) = (wide.div_ceil(WIDE), shape.outputs.div_ceil(tile));
    let positions = shape.images * shape.positions();
    let wanted = (BLOCKS / (across * down)).clamp(1, positions.div_ceil(PART));
    let part = positions.div_ceil(wanted).next_multiple_of(DEPTH);
    let count = positions.div_ceil(part);
    let parts = machine.buffer(count * size * M::REAL)?;
    let product =
        Product { from: x, packed: dy, to: M::address(&parts), part: int(part), ..Product::of(shape) };
    machine.launch(
        of_height(["to_kernel_8", "to_kernel_12", "to_kernel_16"], tile),
        [across, down, count],
        THREADS,
        product,
    )?;
    let parts = Parts { parts: M::address(&parts), sum: dkernel, count: int(count), size: int(size) };
    machine.each("add_parts", size, parts)
}
