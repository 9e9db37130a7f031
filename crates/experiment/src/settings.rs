//! Parameters that check themselves: a count within stated limits, and the reading of `--set name=value`.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

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
        let value = u64::deserialize(deserializer)?;
        if (MIN..=MAX).contains(&value) {
            Ok(Self(value))
        } else {
            Err(D::Error::custom(format!("{value} is outside {MIN} to {MAX}")))
        }
    }
}

/// A parameter that cannot be set so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// No parameter has this name.
    #[error("no parameter `{name}`{}; known: {}", suggestion.as_ref().map_or(String::new(), |s| format!(" (did you mean `{s}`?)")), known.join(", "))]
    Unknown {
        /// The name as given.
        name: String,
        /// The nearest known name.
        suggestion: Option<String>,
        /// All known names.
        known: Vec<String>,
    },
    /// The value has the wrong type or lies outside the limits.
    #[error("`{name}` cannot be `{value}`: {why}; it is {meaning}, by default {default}")]
    Refused {
        /// The parameter.
        name: String,
        /// The value as given.
        value: String,
        /// What is wrong with it.
        why: String,
        /// What the parameter is.
        meaning: String,
        /// Its default.
        default: String,
    },
    /// Parameters that do not fit together.
    #[error("{0}")]
    Together(String),
}

/// The defaults with the user's settings laid over them.
///
/// Values are read as JSON where they are JSON, else as words; lists may be written without quotes: `[exact,direct]`.
///
/// # Errors
/// [`ParamsError`], for the first setting that is refused.
pub fn merged<P: Serialize + DeserializeOwned>(
    defaults: P,
    parameters: &[(&str, &str)],
    sets: &[(String, String)],
) -> Result<P, ParamsError> {
    let mut params = defaults;
    for (name, text) in sets {
        let mut fields = fields_of(&params);
        let Some(meaning) = parameters.iter().find(|(known, _)| known == name).map(|(_, meaning)| meaning)
        else {
            return Err(unknown(name, parameters));
        };
        let default = fields.get(name.as_str()).map_or(String::new(), Value::to_string);
        fields.insert(name.clone(), read(text));
        params = serde_json::from_value(Value::Object(fields)).map_err(|error| ParamsError::Refused {
            name: name.clone(),
            value: text.clone(),
            why: error.to_string(),
            meaning: (*meaning).to_owned(),
            default,
        })?;
    }
    Ok(params)
}

/// The parameters by name.
pub fn fields_of<P: Serialize>(params: &P) -> Map<String, Value> {
    match serde_json::to_value(params) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn unknown(name: &str, parameters: &[(&str, &str)]) -> ParamsError {
    let known: Vec<String> = parameters.iter().map(|(known, _)| (*known).to_owned()).collect();
    let nearest =
        known.iter().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    let suggestion = nearest.filter(|nearest| strsim::jaro_winkler(nearest, name) > 0.7).cloned();
    ParamsError::Unknown { name: name.to_owned(), suggestion, known }
}

fn read(text: &str) -> Value {
    let text = text.trim();
    if let Ok(value) = serde_json::from_str(text) {
        return value;
    }
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(list) if !list.trim().is_empty() => Value::Array(list.split(',').map(read).collect()),
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Params {
        depth: Count<1, 100>,
        engines: Vec<String>,
    }

    const PARAMETERS: &[(&str, &str)] =
        &[("depth", "number of layers, 1 to 100"), ("engines", "a list of engines")];

    fn set(name: &str, value: &str) -> Result<Params, ParamsError> {
        let defaults = Params { depth: Count::of(50), engines: vec!["exact".to_owned()] };
        merged(defaults, PARAMETERS, &[(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn values_are_read_in_their_type() {
        assert_eq!(set("depth", "7").unwrap().depth.get(), 7);
        assert_eq!(set("engines", "[exact, direct]").unwrap().engines, ["exact", "direct"]);
        assert_eq!(set("engines", r#"["direct"]"#).unwrap().engines, ["direct"]);
    }

    #[test]
    fn a_wrong_type_or_range_says_what_the_parameter_is() {
        for value in ["0", "101", "-1", "deep", "[1]", "1.5", ""] {
            let message = set("depth", value).unwrap_err().to_string();
            assert!(message.contains("`depth` cannot be") && message.contains("by default 50"), "{message}");
        }
        assert!(set("depth", "0").unwrap_err().to_string().contains("outside 1 to 100"));
    }

    #[test]
    fn an_unknown_name_is_answered_with_a_suggestion_and_the_list() {
        let message = set("dept", "7").unwrap_err().to_string();
        assert_eq!(message, "no parameter `dept` (did you mean `depth`?); known: depth, engines");
        assert!(!set("zzz", "7").unwrap_err().to_string().contains("did you mean"));
    }
}
