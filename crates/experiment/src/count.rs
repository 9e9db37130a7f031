//! Values of parameters that check themselves while they are read: whole numbers within limits, and lists.

use std::fmt;
use std::ops::Deref;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A whole number from `MIN` to `MAX`, refused outside while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Count<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Count<MIN, MAX> {
    /// A count known to fit when the program is written.
    ///
    /// # Panics
    /// While compiling (in a constant) or at once, when it does not fit.
    pub const fn of(value: u64) -> Self {
        assert!(MIN <= value && value <= MAX, "outside the limits of this count");
        Self(value)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number, as an index or length.
    ///
    /// # Panics
    /// Where addresses are too narrow for the limits, which no supported machine's are.
    pub fn size(self) -> usize {
        usize::try_from(self.0).expect("limits of counts fit the address space")
    }
}

impl<const MIN: u64, const MAX: u64> fmt::Display for Count<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Count<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(Limits::<MIN, MAX>)
    }
}

struct Limits<const MIN: u64, const MAX: u64>;

impl<const MIN: u64, const MAX: u64> Visitor<'_> for Limits<MIN, MAX> {
    type Value = Count<MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {MIN} to {MAX}")
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        if (MIN..=MAX).contains(&value) {
            Ok(Count(value))
        } else {
            Err(E::custom(format!("{value} is outside {MIN} to {MAX}")))
        }
    }
}

/// A list of at least `LEAST` items, none of them twice, refused outside while it is read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct List<T, const LEAST: usize = 1>(Vec<T>);

impl<T: PartialEq, const LEAST: usize> List<T, LEAST> {
    /// A list known to be long enough and without repetition when the program is written.
    ///
    /// # Panics
    /// When it is not.
    pub fn of(items: impl Into<Vec<T>>) -> Self {
        let items = items.into();
        assert!(items.len() >= LEAST && repeated(&items).is_none(), "too short, or an item twice");
        Self(items)
    }
}

impl<T, const LEAST: usize> Deref for List<T, LEAST> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T, const LEAST: usize> IntoIterator for &'a List<T, LEAST> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de> + Serialize + PartialEq, const LEAST: usize> Deserialize<'de>
    for List<T, LEAST>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::<T>::deserialize(deserializer)?;
        if items.len() < LEAST {
            return Err(D::Error::custom(format!("it has {} items and needs at least {LEAST}", items.len())));
        }
        match repeated(&items) {
            None => Ok(Self(items)),
            Some(item) => {
                let item = serde_json::to_string(item).unwrap_or_default();
                Err(D::Error::custom(format!("it names {item} twice")))
            }
        }
    }
}

fn repeated<T: PartialEq>(items: &[T]) -> Option<&T> {
    items.iter().enumerate().find(|(index, item)| items[..*index].contains(item)).map(|(_, item)| item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<Vec<u64>, String> {
        let read = serde_json::from_str::<List<Count<1, 9>, 2>>(text);
        read.map(|list| list.iter().map(|count| count.get()).collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn lists_are_long_enough_and_name_nothing_twice() {
        assert_eq!(list("[3, 1]"), Ok(vec![3, 1]));
        assert!(list("[3]").unwrap_err().contains("needs at least 2"));
        assert!(list("[3, 1, 3]").unwrap_err().contains("names 3 twice"));
        assert!(list("[3, 10]").unwrap_err().contains("outside 1 to 9"));
    }
}
