//! The numbers that kernels on the processor compute with.

use super::vector::{Doubles, Singles, Vector};
use dfdx::dtypes::Dtype;
use num_traits::Float;
use pulp::Simd;
use std::sync::Mutex;

/// f32 for work, f64 for tests of gradients.
pub trait Real: Dtype + Float {
    /// As many as a register holds.
    type Vector<S: Simd>: Vector<S, Self>;

    /// The nearest number of this type.
    fn narrow(value: f64) -> Self;

    /// The same number in f64.
    fn widen(self) -> f64;

    /// Memory that is not in use.
    fn spare() -> &'static Mutex<Vec<Vec<Self>>>;
}

impl Real for f32 {
    type Vector<S: Simd> = Singles<S>;

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn widen(self) -> f64 {
        self.into()
    }

    fn spare() -> &'static Mutex<Vec<Vec<Self>>> {
        static SPARE: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());
        &SPARE
    }
}

impl Real for f64 {
    type Vector<S: Simd> = Doubles<S>;

    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn widen(self) -> f64 {
        self
    }

    fn spare() -> &'static Mutex<Vec<Vec<Self>>> {
        static SPARE: Mutex<Vec<Vec<f64>>> = Mutex::new(Vec::new());
        &SPARE
    }
}
