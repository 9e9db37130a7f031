//! What a type accepts, in words, from the type itself: a deserialiser that hands over nothing and listens to what was
//! expected.

use std::fmt;

use serde::de::value::SeqDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

/// A parameter's meaning, from the lines of its documentation, with what its type accepts.
pub fn described<T: DeserializeOwned>(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    let meaning = lines.join(" ");
    let meaning = meaning.trim_end_matches('.');
    accepted::<T>().map_or(meaning.to_owned(), |what| format!("{meaning}: {what}"))
}

/// What a type accepts, if it says so.
pub fn accepted<T: DeserializeOwned>() -> Option<String> {
    T::deserialize(Nothing).err().and_then(|Accepts(what)| what)
}

struct Nothing;

#[derive(Debug)]
struct Accepts(Option<String>);

impl fmt::Display for Accepts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or("unknown"))
    }
}

impl std::error::Error for Accepts {}

impl Error for Accepts {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(None)
    }

    fn invalid_type(_: Unexpected, expected: &dyn Expected) -> Self {
        Self(Some(expected.to_string()))
    }
}

impl IntoDeserializer<'_, Accepts> for Nothing {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Nothing {
    type Error = Accepts;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Accepts> {
        Err(Accepts::invalid_type(Unexpected::Unit, &visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Accepts> {
        Err(Accepts(Some(format!("one of {}", variants.join(", ")))))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Accepts> {
        let one = SeqDeserializer::new([Nothing].into_iter());
        let each = |Accepts(what)| Accepts(what.map(|what| format!("a list, each {what}")));
        visitor.visit_seq(one).map_err(each)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Accepts> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Accepts> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map struct identifier ignored_any
    }
}
