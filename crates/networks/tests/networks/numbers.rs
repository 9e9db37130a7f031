//! Numbers that look random and are the same everywhere, and tensors of them.

use dfdx::dtypes::Dtype;
use dfdx::shapes::Shape;
use dfdx::tensor::{Tensor, TensorFromVec};
use networks::Kernels;

/// Numbers from -1 to 1, by a multiplicative hash.
pub fn numbers(count: usize, salt: u64) -> Vec<f64> {
    let number = |index: usize| {
        let mut hash =
            (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd134_2543_de82_ef95);
        hash = (hash ^ (hash >> 32)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash ^= hash >> 29;
        (hash >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    (0..count).map(number).collect()
}

/// A tensor of numbers of any type on a device.
pub fn on<S: Shape, E: Dtype, D: TensorFromVec<E>>(device: &D, shape: S, values: &[f64]) -> Tensor<S, E, D> {
    let values = values.iter().map(|value| E::from_f64(*value).unwrap()).collect();
    device.tensor_from_vec(values, shape)
}

/// The numbers of a tensor, in the order of its shape.
pub fn wide<S: Shape, E: Dtype, D: Kernels<E>>(tensor: &Tensor<S, E, D>) -> Vec<f64> {
    tensor.as_vec().iter().map(|value| value.to_f64().unwrap()).collect()
}
