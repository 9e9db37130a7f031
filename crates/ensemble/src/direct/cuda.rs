//! Weights on an NVIDIA card: drawn there by a kernel of our own, because dfdx draws on the processor and copies. The
//! kernel writes into a gradient slot, the one buffer of dfdx that can be written from outside, and the slot becomes
//! the tensor. Threads do not share dfdx's handle of a card, so everything is asked of it by the calling thread.

use super::{Matrix, OnDevice, WeightDevice, device_error, kernel};
use crate::EnsembleError;
use crate::parallel::Threads;
use crate::weights::WeightRows;
use cudarc::driver::{CudaDevice, CudaFunction, LaunchAsync, LaunchConfig, result};
use cudarc::nvrtc::{CompileOptions, compile_ptx_with_opts};
use dfdx::tensor::{Cuda, Gradients, ZerosTensor};
use std::fmt::Debug;
use std::sync::Arc;

/// The kernel's module on the card.
const MODULE: &str = "ensemble_normals";

impl WeightDevice for Cuda {
    const BLOCKS: usize = kernel::BLOCKS;

    fn draw(&self, weights: &WeightRows) -> Result<Matrix<Self>, EnsembleError> {
        let like = self.try_zeros_like(&(weights.rows.len(), weights.fan_in)).map_err(device_error)?;
        let mut slots = Gradients::<f32, Self>::leaky();
        let slot = slots.get_or_alloc_mut(&like).map_err(device_error)?;
        let function = function(&slot.device())?;
        let kernel::Launch { blocks, count, counter, deviation, key: [k0, k1, k2, k3] } =
            kernel::launch(weights);
        let config =
            LaunchConfig { grid_dim: (blocks, 1, 1), block_dim: (kernel::BLOCK, 1, 1), shared_mem_bytes: 0 };
        let parameters = (&mut **slot, count, counter, deviation, k0, k1, k2, k3);
        // SAFETY: the parameters are those of `fill_normals` in order and type; it writes `count` floats, which is what
        // the slot of a tensor of that many elements holds.
        unsafe { function.launch(config, parameters) }.map_err(|error| failed("run", error))?;
        Ok(slots.get(&like))
    }

    fn fold<W: Send, T: Send>(
        on: &OnDevice<Self>,
        _: Threads,
        mut work: impl Iterator<Item = W>,
        map: impl Fn(&OnDevice<Self>, W) -> Result<T, EnsembleError> + Sync,
        mut fold: impl FnMut(T),
    ) -> Result<(), EnsembleError> {
        work.try_for_each(|piece| map(on, piece).map(&mut fold))
    }
}

/// The first card.
pub(crate) fn card() -> Result<Cuda, EnsembleError> {
    // dfdx panics where there is no card.
    let none = |error| EnsembleError::Device(format!("no NVIDIA driver answers: {error:?}"));
    result::init().map_err(none)?;
    match result::device::get_count().map_err(none)? {
        0 => Err(EnsembleError::Device("the NVIDIA driver knows no card".to_owned())),
        _ => Cuda::try_seed_from_u64(0).map_err(device_error),
    }
}

/// The kernel does not do something.
fn failed(what: &str, error: impl Debug) -> EnsembleError {
    EnsembleError::Device(format!("the kernel {} does not {what}: {error:?}", kernel::FUNCTION))
}

/// The kernel, compiled and loaded when it is first asked for.
fn function(device: &Arc<CudaDevice>) -> Result<CudaFunction, EnsembleError> {
    if device.get_func(MODULE, kernel::FUNCTION).is_none() {
        let options =
            CompileOptions { prec_sqrt: Some(true), fmad: Some(false), ..CompileOptions::default() };
        let program =
            compile_ptx_with_opts(kernel::SOURCE, options).map_err(|error| failed("compile", error))?;
        device.load_ptx(program, MODULE, &[kernel::FUNCTION]).map_err(|error| failed("load", error))?;
    }
    device.get_func(MODULE, kernel::FUNCTION).ok_or_else(|| failed("load", "it is not there"))
}
