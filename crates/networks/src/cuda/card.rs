//! An NVIDIA card as dfdx holds it: access to the memory of its tensors, and the kernels, compiled when a card is set up.
//!
//! dfdx shows nobody where a tensor lies. The one thing it does is to print it: the address stands in the text that
//! `{:?}` makes. [`set_up`] checks on each card that what is read there is the tensor, and refuses to go on if not.

use super::machine::{Address, Machine};
use super::source::{kernels, source};
use cudarc::driver::{CudaDevice, CudaSlice, DevicePtr, DeviceRepr, DriverError, LaunchAsync, LaunchConfig};
use cudarc::driver::{result, sys};
use cudarc::nvrtc::{CompileError, compile_ptx};
use dfdx::dtypes::Unit;
use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Cuda, CudaError, Storage, Tensor, TensorFromVec};
use std::fmt::Write;
use std::sync::Arc;
use thiserror::Error;

/// The kernels' module on the card.
const MODULE: &str = "networks";

/// Why a card cannot be used.
#[derive(Debug, Error)]
pub enum CardError {
    /// No driver, or none that answers.
    #[error("no NVIDIA card answers")]
    NoDriver(#[source] DriverError),
    /// There are fewer cards.
    #[error("there is no NVIDIA card number {ordinal}, only {count} cards")]
    NoCard {
        /// The card asked for, from 0.
        ordinal: usize,
        /// The cards there are.
        count: i32,
    },
    /// The compiler refuses the kernels.
    #[error("the kernels do not compile")]
    Compile(#[source] CompileError),
    /// The card refuses the kernels.
    #[error("the kernels do not load")]
    Load(#[source] DriverError),
    /// dfdx cannot use the card.
    #[error("dfdx cannot use the card: {0:?}")]
    Dfdx(CudaError),
    /// A tensor is not where dfdx's text says.
    #[error("cannot find a tensor in the card's memory: is this dfdx 0.13.0?")]
    Lost,
}

/// An error of the driver, as dfdx reports it.
fn driver(error: DriverError) -> CudaError {
    CudaError::Driver(error)
}

/// A card. Its kernels compute in single precision.
pub(super) struct Card {
    device: Arc<CudaDevice>,
}

impl Card {
    pub(super) fn of(cuda: &Cuda) -> Result<Self, CudaError> {
        Ok(Self { device: Storage::<f32>::try_alloc_len(cuda, 1)?.device() })
    }

    /// Compiles the kernels and loads them.
    fn load(&self) -> Result<(), CardError> {
        let names = kernels().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        if names.first().is_some_and(|name| self.device.has_func(MODULE, name)) {
            return Ok(());
        }
        let program = compile_ptx(source("float")).map_err(CardError::Compile)?;
        self.device.load_ptx(program, MODULE, &names).map_err(CardError::Load)
    }
}

/// The one argument of a kernel.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Argument<P>(P);

// SAFETY: the argument is handed over by address and its bytes are copied at launch; it is `repr(transparent)` over a
// `repr(C)` structure whose fields are those of the kernel's own.
unsafe impl<P: Copy> DeviceRepr for Argument<P> {}

impl Machine for Card {
    type Error = CudaError;
    type Buffer = CudaSlice<u64>;
    const REAL: usize = size_of::<f32>();

    fn buffer(&self, bytes: usize) -> Result<Self::Buffer, CudaError> {
        // SAFETY: whoever asks for a buffer has kernels write it before they read it.
        unsafe { self.device.alloc::<u64>(bytes.div_ceil(size_of::<u64>())) }.map_err(driver)
    }

    fn upload(&self, numbers: Vec<u64>) -> Result<Self::Buffer, CudaError> {
        self.device.htod_copy(numbers).map_err(driver)
    }

    fn address(buffer: &Self::Buffer) -> Address {
        *buffer.device_ptr()
    }

    fn launch<P: Copy>(
        &self,
        kernel: &'static str,
        [x, y, z]: [usize; 3],
        threads: usize,
        parameters: P,
    ) -> Result<(), CudaError> {
        let missing = || driver(DriverError(sys::CUresult::CUDA_ERROR_NOT_FOUND));
        let function = self.device.get_func(MODULE, kernel).ok_or_else(missing)?;
        let config = LaunchConfig {
            grid_dim: (x as u32, y as u32, z as u32),
            block_dim: (threads as u32, 1, 1),
            shared_mem_bytes: 0,
        };
        // SAFETY: operations give each kernel the structure it takes, sizes that agree with
        // the arrays, and addresses of arrays that live until this launch is in the stream, after which memory is given
        // back in the stream's order.
        unsafe { function.launch(config, (Argument(parameters),)) }.map_err(driver)
    }
}

/// The first words of a text, as far as they tell where a tensor lies.
#[derive(Default)]
struct Head(String);

impl Write for Head {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.push_str(text);
        // The rest lists everything that is loaded on the card.
        if self.number("len: ").is_some() && self.0.contains("device: ") {
            Err(std::fmt::Error)
        } else {
            Ok(())
        }
    }
}

impl Head {
    /// The number after a word.
    fn number(&self, word: &str) -> Option<u64> {
        let (_, rest) = self.0.split_once(word)?;
        rest.split_once(|letter: char| !letter.is_ascii_digit())?.0.parse().ok()
    }
}

/// Where the numbers of a tensor begin, which must be laid out in the order of its shape.
pub(super) fn locate<S: Shape, E: Unit>(x: &Tensor<S, E, Cuda>) -> Option<Address> {
    let mut head = Head::default();
    // It ends with an error: `Head` stops the printing.
    let _ = write!(head, "{x:?}");
    let whole = head.number("len: ")? == x.shape().num_elements() as u64;
    head.number("cu_device_ptr: ").filter(|_| whole)
}

/// Makes a card ready for the operations of this crate: compiles the kernels and checks that tensors are found in its
/// memory.
///
/// # Errors
/// When there is no such card, the kernels do not compile or load, or a tensor's address cannot be read.
pub fn set_up(ordinal: usize, seed: u64) -> Result<Cuda, CardError> {
    // dfdx panics where there is no card.
    result::init().map_err(CardError::NoDriver)?;
    let count = result::device::get_count().map_err(CardError::NoDriver)?;
    if !usize::try_from(count).is_ok_and(|count| ordinal < count) {
        return Err(CardError::NoCard { ordinal, count });
    }
    let cuda = Cuda::try_build(ordinal, seed).map_err(CardError::Dfdx)?;
    Card::of(&cuda).map_err(CardError::Dfdx)?.load()?;
    let numbers = (0..1000).map(|i| (i * i) as f32).collect::<Vec<_>>();
    let x = cuda.try_tensor_from_vec(numbers.clone(), (25usize, 40usize)).map_err(CardError::Dfdx)?;
    let address = locate(&x).ok_or(CardError::Lost)?;
    let mut found = vec![0.0; numbers.len()];
    // SAFETY: the driver refuses addresses that are not its own, and fills `found` to its length.
    unsafe { result::memcpy_dtoh_sync(&mut found, address) }.map_err(|_| CardError::Lost)?;
    if found == numbers { Ok(cuda) } else { Err(CardError::Lost) }
}
