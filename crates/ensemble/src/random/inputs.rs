//! The laws that input elements are drawn from. All have mean square 1, so that with Kaiming initialisation the total
//! variance of every layer is 2 (§2.1), whatever the law.

use super::stream::{CHUNK, Stream};
use crate::InputLaw;

/// Fills `out` with independent elements of `law`, from position `first` of the stream on, a multiple of 64.
pub(crate) fn fill_inputs(law: InputLaw, stream: Stream, first: usize, out: &mut [f32]) {
    match law {
        InputLaw::Normal => stream.normals(first, 1.0, out),
        InputLaw::HalfNormal => {
            stream.normals(first, 1.0, out);
            out.iter_mut().for_each(|x| *x = x.abs());
        }
        InputLaw::Uniform => from_words(stream, first, out, |word| {
            // Centred steps of 2⁻³¹·√3 between -√3 and √3, whose variance is 1.
            ((f64::from(word) + 0.5) / 2f64.powi(31) - 1.0) * 3f64.sqrt()
        }),
        InputLaw::Sign => from_words(stream, first, out, |word| if word & 1 == 0 { 1.0 } else { -1.0 }),
    }
}

/// Elements that are a function of one random word each.
fn from_words(stream: Stream, first: usize, out: &mut [f32], value: impl Fn(u32) -> f64) {
    let mut words = [0; 16 * CHUNK];
    for (first, out) in (first..).step_by(words.len()).zip(out.chunks_mut(16 * CHUNK)) {
        stream.words(first, &mut words[..out.len()]);
        for (x, word) in out.iter_mut().zip(&words) {
            *x = value(*word) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    /// Mean, mean square and mean fourth power of a million elements, within five standard errors.
    #[test]
    fn every_law_has_mean_square_one() {
        let half = (2.0 / std::f64::consts::PI).sqrt();
        let laws = [
            (InputLaw::Normal, 0.0, 3.0),
            (InputLaw::HalfNormal, half, 3.0),
            (InputLaw::Uniform, 0.0, 9.0 / 5.0),
            (InputLaw::Sign, 0.0, 1.0),
        ];
        for (law, mean, fourth) in laws {
            let count = 1_000_000;
            let mut x = vec![0.0; count];
            fill_inputs(law, Stream::new(7, 0, 0, Purpose::Inputs), 0, &mut x);
            let moment = |order: i32| x.iter().map(|x| f64::from(*x).powi(order)).sum::<f64>() / count as f64;
            let error = |variance: f64| 5.0 * (variance / count as f64).sqrt() + 1e-7;
            assert!((moment(1) - mean).abs() < error(1.0 - mean * mean), "{law}: mean {}", moment(1));
            assert!((moment(2) - 1.0).abs() < error(fourth - 1.0), "{law}: mean square {}", moment(2));
            assert!((moment(4) - fourth).abs() < error(100.0), "{law}: fourth moment {}", moment(4));
        }
    }

    #[test]
    fn an_element_depends_on_its_position_alone() {
        let stream = Stream::new(7, 0, 0, Purpose::Inputs);
        for law in [InputLaw::Normal, InputLaw::HalfNormal, InputLaw::Uniform, InputLaw::Sign] {
            let mut whole = vec![0.0; 3000];
            fill_inputs(law, stream, 0, &mut whole);
            let mut part = vec![0.0; 1100];
            fill_inputs(law, stream, 192, &mut part);
            assert_eq!(part, whole[192..1292], "{law}");
        }
    }
}
