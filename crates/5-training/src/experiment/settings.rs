//! Parameters that may differ between tasks or optimisers: written as one value for all, or as one for each by name,
//! `{"cifar": 128, "isbi": 1}`.

use std::fmt;
use std::marker::PhantomData;

use experiment::Count;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::experiment::choices::{Optimiser, Task};

/// One value for each task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PerTask<T> {
    /// For CIFAR-10.
    pub cifar: T,
    /// For ISBI 2012.
    pub isbi: T,
}

/// One value for each optimiser.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PerOptimiser<T> {
    /// For SGD.
    pub sgd: T,
    /// For Adam.
    pub adam: T,
}

impl<T> PerTask<T> {
    /// The value for a task.
    pub fn of(&self, task: Task) -> &T {
        match task {
            Task::Cifar => &self.cifar,
            Task::Isbi => &self.isbi,
        }
    }
}

impl<T> PerOptimiser<T> {
    /// The value for an optimiser.
    pub fn of(&self, optimiser: Optimiser) -> &T {
        match optimiser {
            Optimiser::Sgd => &self.sgd,
            Optimiser::Adam => &self.adam,
        }
    }
}

/// One value for all, or one by each name.
struct Values<T> {
    names: [&'static str; 2],
    of: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Values<T> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, [first, second]) = (experiment::accepted::<T>().unwrap_or_default(), self.names);
        write!(f, "{what}; or one for each by name, {{\"{first}\": …, \"{second}\": …}}")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Value, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Value, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(fields))
    }
}

/// Both values: the same twice, or those of two names.
fn read_two<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
    names: [&'static str; 2],
) -> Result<[T; 2], D::Error> {
    let value = deserializer.deserialize_any(Values::<T> { names, of: PhantomData })?;
    let Value::Object(mut fields) = value else {
        let one = || serde_json::from_value(value.clone()).map_err(D::Error::custom);
        return Ok([one()?, one()?]);
    };
    let mut take = |name: &str| match fields.remove(name) {
        Some(value) => {
            serde_json::from_value(value).map_err(|error| D::Error::custom(format!("{name}: {error}")))
        }
        None => Err(D::Error::custom(format!("{name} is missing"))),
    };
    let both = [take(names[0])?, take(names[1])?];
    match fields.keys().next() {
        None => Ok(both),
        Some(other) => Err(D::Error::custom(format!("{other} is neither {} nor {}", names[0], names[1]))),
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for PerTask<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_two(deserializer, ["cifar", "isbi"]).map(|[cifar, isbi]| Self { cifar, isbi })
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for PerOptimiser<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_two(deserializer, ["sgd", "adam"]).map(|[sgd, adam]| Self { sgd, adam })
    }
}

/// The largest learning rate and width multiplier that are not taken for a mistake.
const MOST: f64 = 16.0;

/// A number above 0 and up to 16: a learning rate, or a factor of widths.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Positive(f64);

impl Positive {
    /// A number known to fit when the program is written.
    ///
    /// # Panics
    /// While compiling (in a constant) or at once, when it does not fit.
    pub const fn of(value: f64) -> Self {
        assert!(value > 0.0 && value <= MOST, "must be above 0 and at most 16");
        Self(value)
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Positive {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(Limits)
    }
}

struct Limits;

impl Visitor<'_> for Limits {
    type Value = Positive;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number above 0 and at most {MOST}")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Positive, E> {
        match value > 0.0 && value <= MOST {
            true => Ok(Positive(value)),
            false => Err(E::custom(format!("{value} is not above 0 and at most {MOST}"))),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Positive, E> {
        self.visit_f64(value as f64)
    }
}

/// Iterations of a run.
pub type Iterations = Count<1, 10_000_000>;

#[cfg(test)]
mod tests {
    use super::*;

    fn task(text: &str) -> Result<PerTask<Iterations>, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn one_value_stands_for_both_and_names_tell_them_apart() {
        let of = |text| task(text).map(|both| [both.cifar.get(), both.isbi.get()]);
        assert_eq!(of("7"), Ok([7, 7]));
        assert_eq!(of(r#"{"isbi": 3, "cifar": 4}"#), Ok([4, 3]));
        let rates: PerOptimiser<Vec<Positive>> = serde_json::from_str("[0.1]").unwrap();
        assert_eq!(rates.of(Optimiser::Adam), &[Positive::of(0.1)]);
    }

    #[test]
    fn what_is_written_reads_back() {
        let both = PerTask { cifar: Positive::of(0.5), isbi: Positive::of(2.0) };
        let text = serde_json::to_string(&both).unwrap();
        assert_eq!(serde_json::from_str::<PerTask<Positive>>(&text).unwrap(), both);
    }

    #[test]
    fn refusals_name_the_value_and_its_limit() {
        let said = |text| task(text).unwrap_err();
        assert!(said("0").contains("0 is outside 1 to 10000000"));
        assert!(said(r#"{"cifar": 1}"#).contains("isbi is missing"));
        assert!(said(r#"{"cifar": 1, "isbi": 0}"#).contains("isbi: 0 is outside"));
        assert!(said(r#"{"cifar": 1, "isbi": 1, "mnist": 2}"#).contains("mnist is neither cifar nor isbi"));
        for rate in ["0.0", "-0.1", "17", "1e400"] {
            assert!(serde_json::from_str::<Positive>(rate).is_err(), "{rate}");
        }
        let error = serde_json::from_str::<Positive>("-0.1").unwrap_err().to_string();
        assert!(error.contains("-0.1 is not above 0 and at most 16"), "{error}");
    }
}
