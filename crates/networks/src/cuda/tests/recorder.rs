//! A machine that runs nothing and takes note of what is launched: sizes that no processor could compute cost it nothing.

use crate::cuda::{Address, Machine};
use crate::operation::{Backward, CudaKernel, Operation};
use cuda_check::Launch;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::convert::Infallible;

/// Where every array lies, as far as the host can tell.
const SOMEWHERE: Address = 256;

/// The launches so far.
#[derive(Default)]
pub(crate) struct Recorder(RefCell<BTreeSet<Launch>>);

impl Recorder {
    /// What was launched, each once.
    pub(crate) fn launches(self) -> Vec<Launch> {
        self.0.into_inner().into_iter().collect()
    }

    /// Takes an operation forward and backward. Some of its inputs are there, the first perhaps as a constant.
    pub(crate) fn note<const N: usize>(
        &self,
        operation: &impl Operation<N>,
        there: [bool; N],
        constant: bool,
    ) {
        let inputs = there.map(|there| if there { SOMEWHERE } else { 0 });
        let Ok(()) = CudaKernel::forward(operation, self, inputs, SOMEWHERE);
        let mut gradients = inputs;
        if constant {
            gradients[0] = 0;
        }
        let pass = Backward { inputs, output: SOMEWHERE, dy: SOMEWHERE, gradients };
        let Ok(()) = CudaKernel::backward(operation, self, pass);
    }
}

impl Machine for Recorder {
    type Error = Infallible;
    type Buffer = ();
    const REAL: usize = size_of::<f32>();

    fn buffer(&self, _: usize) -> Result<(), Infallible> {
        Ok(())
    }

    fn upload(&self, _: Vec<u64>) -> Result<(), Infallible> {
        Ok(())
    }

    fn address((): &()) -> Address {
        SOMEWHERE
    }

    fn launch<P: Copy>(
        &self,
        kernel: &'static str,
        grid: [usize; 3],
        threads: usize,
        _: P,
    ) -> Result<(), Infallible> {
        let kernel = kernel.to_owned();
        let launch = Launch { kernel, grid, threads, shared: 0, parameters: vec![size_of::<P>()] };
        self.0.borrow_mut().insert(launch);
        Ok(())
    }
}
