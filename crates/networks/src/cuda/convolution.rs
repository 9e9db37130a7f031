//! Launches the kernels of `convolution.cu`: convolutions, up-convolutions and connected layers, which are convolutions
//! of maps with one position.

use super::machine::{Address, Machine};
use crate::ops::{Convolution, Padding, Window};

/// The kernels' source.
pub(super) const SOURCE: &str = include_str!("convolution.cu");

/// The kernels that multiply matrices, for tiles of three heights.
pub(super) const PRODUCTS: [&str; 9] = [
    "convolve_8",
    "convolve_12",
    "convolve_16",
    "to_input_8",
    "to_input_12",
    "to_input_16",
    "to_kernel_8",
    "to_kernel_12",
    "to_kernel_16",
];
const CONVOLVE: usize = 0;
const TO_INPUT: usize = 3;
const TO_KERNEL: usize = 6;

/// The kernels that prepare and finish a product.
pub(super) const PACK: &str = "pack_kernel";
pub(super) const ADD: &str = "add_parts";

/// Columns of a tile, threads of a block that makes one, and how many rows of the right-hand matrix it takes at once.
const WIDE: usize = 128;
const THREADS: usize = 128;
const DEPTH: usize = 8;
/// Threads of a block that copies.
const COPYING: usize = 256;
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

/// The kernel of a family (where it begins in the list) that makes tiles of a height.
fn of_height(family: usize, tile: usize) -> &'static str {
    PRODUCTS[family + tile / 32 - 2]
}

/// Which maps a product writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    ToOutput,
    ToInput,
}

/// y = kernel ∗ x + bias, as `shape` says.
pub(super) fn convolve<M: Machine>(
    machine: &M,
    shape: &Convolution,
    [x, kernel, bias, y]: [Address; 4],
) -> Result<(), M::Error> {
    write_maps(machine, shape, Direction::ToOutput, [x, kernel, bias, y], false)
}

/// Adds to dx what dy sends back through the convolution.
pub(super) fn input_gradient<M: Machine>(
    machine: &M,
    shape: &Convolution,
    [dy, kernel, dx]: [Address; 3],
) -> Result<(), M::Error> {
    write_maps(machine, shape, Direction::ToInput, [dy, kernel, 0, dx], true)
}

/// The convolution whose backward pass, with respect to its input, is an up-convolution: of its 2×2 blocks, with stride 2.
pub(super) fn of_up_convolution(
    (images, inputs, height, width): (usize, usize, usize, usize),
    outputs: usize,
) -> Convolution {
    let window = Window { stride: 2, padding: Padding::None };
    Convolution::new((images, outputs, 2 * height, 2 * width), (inputs, outputs, 2, 2), window)
        .expect("the operation refuses maps without positions")
}

/// A connected layer: the convolution of maps with one position.
pub(super) fn of_connection((images, inputs): (usize, usize), outputs: usize) -> Convolution {
    let window = Window { stride: 1, padding: Padding::None };
    Convolution::new((images, inputs, 1, 1), (outputs, inputs, 1, 1), window)
        .expect("the operation refuses rows without entries")
}

/// y = the up-convolution of x, plus bias; `shape` is [`of_up_convolution`].
pub(super) fn up_convolve<M: Machine>(
    machine: &M,
    shape: &Convolution,
    [x, kernel, bias, y]: [Address; 4],
) -> Result<(), M::Error> {
    write_maps(machine, shape, Direction::ToInput, [x, kernel, bias, y], false)
}

/// Adds to dx what dy sends back through the up-convolution.
pub(super) fn up_input_gradient<M: Machine>(
    machine: &M,
    shape: &Convolution,
    [dy, kernel, dx]: [Address; 3],
) -> Result<(), M::Error> {
    write_maps(machine, shape, Direction::ToOutput, [dy, kernel, 0, dx], true)
}

fn write_maps<M: Machine>(
    machine: &M,
    shape: &Convolution,
    direction: Direction,
    [from, kernel, bias, to]: [Address; 4],
    accumulate: bool,
) -> Result<(), M::Error> {
    let taps = shape.kernel_height * shape.kernel_width;
    let stride = shape.window.stride;
    let (channels, count, channel_step, step, positions, family) = match direction {
        Direction::ToOutput => {
            (shape.outputs, shape.inputs, shape.inputs * taps, taps, shape.positions(), CONVOLVE)
        }
        Direction::ToInput => {
            let positions = shape.height.next_multiple_of(stride) * shape.width.next_multiple_of(stride);
            (shape.inputs, shape.outputs, taps, shape.inputs * taps, positions, TO_INPUT)
        }
    };
    let tile = tile(channels);
    let (depth, high) = (count.next_multiple_of(DEPTH), channels.next_multiple_of(tile));
    let packed = machine.buffer(taps * depth * high)?;
    let packing = Packing {
        kernel,
        packed: M::address(&packed),
        taps: int(taps),
        count: int(count),
        depth: int(depth),
        channels: int(channels),
        high: int(high),
        step: int(step),
        channel_step: int(channel_step),
    };
    machine.launch(PACK, [(taps * depth * high).div_ceil(COPYING), 1, 1], COPYING, packing)?;
    let product = Product {
        from,
        packed: M::address(&packed),
        bias,
        to,
        depth: int(depth),
        high: int(high),
        accumulate: i32::from(accumulate),
        ..Product::of(shape)
    };
    let positions = int(shape.images * positions) as usize;
    let blocks = [positions.div_ceil(WIDE), high / tile, 1];
    machine.launch(of_height(family, tile), blocks, THREADS, product)
}

/// Adds the kernel's gradient to `dkernel`. For an up-convolution x and dy change places.
pub(super) fn kernel_gradient<M: Machine>(
    machine: &M,
    shape: &Convolution,
    [x, dy, dkernel]: [Address; 3],
) -> Result<(), M::Error> {
    let (tile, wide, size) = (tile(shape.outputs), shape.fan_in(), shape.outputs * shape.fan_in());
    let (across, down) = (wide.div_ceil(WIDE), shape.outputs.div_ceil(tile));
    let positions = shape.images * shape.positions();
    let wanted = (BLOCKS / (across * down)).clamp(1, positions.div_ceil(PART));
    let part = positions.div_ceil(wanted).next_multiple_of(DEPTH);
    let count = positions.div_ceil(part);
    let parts = machine.buffer(count * size)?;
    let product =
        Product { from: x, packed: dy, to: M::address(&parts), part: int(part), ..Product::of(shape) };
    machine.launch(of_height(TO_KERNEL, tile), [across, down, count], THREADS, product)?;
    let parts = Parts { parts: M::address(&parts), sum: dkernel, count: int(count), size: int(size) };
    machine.launch(ADD, [size.div_ceil(COPYING), 1, 1], COPYING, parts)
}
