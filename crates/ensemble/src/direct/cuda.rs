//! Weights on an NVIDIA card: drawn there by a kernel of our own, because dfdx draws on the processor and copies. The
//! kernel writes into a gradient slot, the one buffer of dfdx that can be written from outside, and the slot becomes
//! the tensor.

use super::{Matrix, Order, WeightDevice, device_error, kernel};
use crate::EnsembleError;
use cudarc::driver::{CudaDevice, LaunchAsync, LaunchConfig};
use cudarc::nvrtc::{CompileOptions, compile_ptx_with_opts};
use dfdx::tensor::{Cuda, Gradients, ZerosTensor};
use std::sync::Arc;

/// The kernel's module and function names on the card.
const MODULE: &str = "ensemble_normals";
const FUNCTION: &str = "fill_normals";

impl WeightDevice for Cuda {
    /// More than on the processor: fewer launches, and a card has memory for it.
    const BLOCKS: usize = 5;

    const SIDE_BY_SIDE: bool = false;

    fn draw(&self, Order(weights): &Order) -> Result<Matrix<Self>, EnsembleError> {
        let like = self.try_zeros_like(&(weights.rows.len(), weights.fan_in)).map_err(device_error)?;
        let mut slots = Gradients::<f32, Self>::leaky();
        let slot = slots.get_or_alloc_mut(&like).map_err(device_error)?;
        let function = function(&slot.device())?;
        let count = weights.len() as u64;
        let threads = count.div_ceil(64) * 16;
        let config = LaunchConfig {
            grid_dim: (threads.div_ceil(u64::from(kernel::BLOCK)) as u32, 1, 1),
            block_dim: (kernel::BLOCK, 1, 1),
            shared_mem_bytes: 0,
        };
        let [k0, k1, k2, k3] = weights.stream.key();
        let counter = (weights.first() / 4) as u64;
        let parameters = (&mut **slot, count, counter, weights.deviation, k0, k1, k2, k3);
        // SAFETY: the parameters are those of `fill_normals` in order and type; it writes `count` floats, which is what
        // the slot of a tensor of that many elements holds.
        unsafe { function.launch(config, parameters) }
            .map_err(|error| EnsembleError::Device(format!("{error:?}")))?;
        Ok(slots.get(&like))
    }
}

/// The kernel, compiled and loaded when it is first asked for.
fn function(device: &Arc<CudaDevice>) -> Result<cudarc::driver::CudaFunction, EnsembleError> {
    let missing = || EnsembleError::Device(format!("the kernel {FUNCTION} is not there after loading it"));
    if let Some(function) = device.get_func(MODULE, FUNCTION) {
        return Ok(function);
    }
    let options = CompileOptions { fmad: Some(false), prec_sqrt: Some(true), ..CompileOptions::default() };
    let program = compile_ptx_with_opts(kernel::SOURCE, options).map_err(|error| {
        EnsembleError::Device(format!("the kernel {FUNCTION} does not compile: {error:?}"))
    })?;
    device
        .load_ptx(program, MODULE, &[FUNCTION])
        .map_err(|error| EnsembleError::Device(format!("the kernel {FUNCTION} does not load: {error:?}")))?;
    device.get_func(MODULE, FUNCTION).ok_or_else(missing)
}
