//! Tensors of numbers that look random and are the same everywhere.

use dfdx::dtypes::Dtype;
use dfdx::shapes::Shape;
use dfdx::tensor::{Cpu, Tensor, TensorFromVec};

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

/// A tensor of numbers of any type.
pub fn tensor<S: Shape, E: Dtype>(shape: S, values: &[f64]) -> Tensor<S, E, Cpu>
where
    Cpu: TensorFromVec<E>,
{
    let values = values.iter().map(|value| E::from_f64(*value).unwrap()).collect();
    Cpu::default().tensor_from_vec(values, shape)
}

/// A tensor of numbers from -1 to 1.
pub fn random<S: Shape, E: Dtype>(shape: S, salt: u64) -> Tensor<S, E, Cpu>
where
    Cpu: TensorFromVec<E>,
{
    tensor(shape, &numbers(shape.num_elements(), salt))
}
