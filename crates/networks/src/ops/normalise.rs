//! Batch normalisation without gain and shift: each channel is centred and divided by its standard deviation.

use super::tape::record;
use crate::failure::{Failure, agree, nonzero};
use crate::kernels::{Channels, Kernels, MeanAndVariance, PerChannel, extents};
use dfdx::dtypes::Dtype;
use dfdx::shapes::HasShape;
use dfdx::tensor::{NoneTape, PutTape, SplitTape, Tape, Tensor};

/// Which mean and variance a channel is normalised by.
#[derive(Clone, Debug)]
pub enum Statistics<E: Dtype, D: Kernels<E>> {
    /// Those of the minibatch itself, over images and positions; they are differentiated too.
    Batch,
    /// Given ones: constants.
    Given {
        /// Mean per channel.
        mean: PerChannel<E, D>,
        /// Variance per channel.
        variance: PerChannel<E, D>,
    },
}

/// Mean and variance (divided by the count) of each channel over images and positions, accumulated in f64.
pub fn channel_statistics<S: Channels, E: Dtype, D: Kernels<E>>(
    x: &Tensor<S, E, D, NoneTape>,
) -> Result<MeanAndVariance<E, D>, Failure> {
    let [images, _, positions] = extents(x);
    nonzero("images × positions", images * positions)?;
    x.device().channel_statistics(x).map_err(Failure::device)
}

/// (x - mean) / √(variance + ε) in each channel.
pub fn batch_normalise<S: Channels, E: Dtype, D: Kernels<E>, T: Tape<E, D>>(
    x: Tensor<S, E, D, T>,
    epsilon: f64,
    statistics: &Statistics<E, D>,
) -> Result<Tensor<S, E, D, T>, Failure> {
    let (x, mut tape) = x.split_tape();
    let extents = extents(&x);
    let (mean, variance, own) = match statistics {
        Statistics::Batch => {
            let (mean, variance) = channel_statistics(&x)?;
            (mean, variance, true)
        }
        Statistics::Given { mean, variance } => (mean.clone(), variance.clone(), false),
    };
    agree("the number of means", extents[1], mean.shape().0)?;
    agree("the number of variances", extents[1], variance.shape().0)?;
    let y = x.device().normalise(&x, &mean, &variance, epsilon).map_err(Failure::device)?;
    let kept = own.then(|| y.clone());
    record(&mut tape, &x, &y, move |device, dy, dx| match kept {
        Some(y) => device.batch_normalise_backward(&y, &variance, epsilon, dy, dx),
        None => device.normalise_backward(extents, &variance, epsilon, dy, dx),
    })?;
    Ok(y.put_tape(tape))
}
