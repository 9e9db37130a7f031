//! The parameters of an experiment, declared once: [`parameters!`](crate::parameters) makes of one declaration the type,
//! the values in each profile, and the words that tell a user what may be set.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Profile;

/// Parameters, as [`parameters!`](crate::parameters) declares them.
pub trait Parameters: Serialize + DeserializeOwned + Sync {
    /// Their values in a profile.
    fn of(profile: Profile) -> Self;

    /// Each parameter's name and meaning, its range included.
    fn described() -> Vec<(&'static str, String)>;
}

/// Declares the parameters of an experiment: each with its meaning, its type, which holds its range, and its value in the
/// profiles smoke, quick and paper, or one value for all of them. A number stands for a [`Count`](crate::Count), a list of
/// numbers for a [`List`](crate::List) of counts; braces hold any other value.
///
/// ```
/// experiment::parameters! {
///     /// Sizes.
///     pub struct Params {
///         /// Units in every layer.
///         width: experiment::Count<2, 1_000_000> = 200, 3000, 3000;
///         /// Layers.
///         depth: experiment::Count<1, 100> = 50;
///         /// Batch sizes.
///         batches: experiment::List<experiment::Count<2, 100>> = [4], [8, 16], [8, 16, 32];
///         /// How large weights are.
///         gamma: f64 = { 1.0 };
///     }
/// }
/// use experiment::{Parameters, Profile};
/// assert_eq!(Params::of(Profile::Quick).width.get(), 3000);
/// assert_eq!(Params::described()[0].1, "Units in every layer: a whole number from 2 to 1000000");
/// ```
#[macro_export]
macro_rules! parameters {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $($(#[doc = $doc:literal])+ $field:ident: $type:ty = $smoke:tt $(, $quick:tt, $paper:tt)?;)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl $crate::Parameters for $name {
            fn of(profile: $crate::Profile) -> Self {
                match profile {
                    $crate::Profile::Smoke => Self { $($field: $crate::parameters!(@value $smoke),)+ },
                    $crate::Profile::Quick => {
                        Self { $($field: $crate::parameters!(@either $smoke $(, $quick)?),)+ }
                    }
                    $crate::Profile::Paper => {
                        Self { $($field: $crate::parameters!(@either $smoke $(, $paper)?),)+ }
                    }
                }
            }

            fn described() -> Vec<(&'static str, String)> {
                vec![$((stringify!($field), $crate::described::<$type>(&[$($doc),+])),)+]
            }
        }
    };
    (@either $all:tt) => { $crate::parameters!(@value $all) };
    (@either $smoke:tt, $own:tt) => { $crate::parameters!(@value $own) };
    (@value { $value:expr }) => { $value };
    (@value [$($number:literal),*]) => { $crate::List::of([$($crate::Count::of($number)),*]) };
    (@value $number:literal) => { $crate::Count::of($number) };
}

/// A parameter that cannot be set so.
#[derive(Debug, thiserror::Error)]
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
    #[error("`{name}` cannot be `{value}`: it is {meaning}, by default {default}")]
    Refused {
        /// The parameter.
        name: String,
        /// The value as given.
        value: String,
        /// What the parameter is.
        meaning: String,
        /// Its default.
        default: String,
        /// What is wrong with it.
        #[source]
        error: serde_json::Error,
    },
}

/// The values of a profile with the user's settings laid over them.
///
/// Values are read as JSON where they are JSON, else as words; lists may be written without quotes: `[exact,direct]`.
///
/// # Errors
/// [`ParamsError`], for the first setting that is refused.
pub fn merged<P: Parameters>(profile: Profile, sets: &[(String, String)]) -> Result<P, ParamsError> {
    let (mut params, described) = (P::of(profile), P::described());
    for (name, text) in sets {
        let mut fields = fields_of(&params);
        let Some((_, meaning)) = described.iter().find(|(known, _)| known == name) else {
            return Err(unknown(name, described.iter().map(|(known, _)| *known)));
        };
        let default = fields.get(name.as_str()).map_or(String::new(), Value::to_string);
        fields.insert(name.clone(), read(text));
        params = serde_json::from_value(Value::Object(fields)).map_err(|error| ParamsError::Refused {
            name: name.clone(),
            value: text.clone(),
            meaning: meaning.clone(),
            default,
            error,
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

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> ParamsError {
    let nearness = |candidate: &&str| strsim::jaro_winkler(candidate, name);
    let nearest = known.clone().max_by(|a, b| nearness(a).total_cmp(&nearness(b)));
    let suggestion = nearest.filter(|nearest| nearness(nearest) > 0.7).map(str::to_owned);
    ParamsError::Unknown { name: name.to_owned(), suggestion, known: known.map(str::to_owned).collect() }
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
    use crate::{Count, List};

    /// How.
    #[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Engine {
        Exact,
        Direct,
    }

    crate::parameters! {
        /// Of an experiment.
        pub struct Params {
            /// Layers,
            /// inputs not counted.
            depth: Count<1, 100> = 5, 50, 60;
            /// How weights are sampled.
            engine: Engine = { Engine::Exact };
            /// Engines compared.
            engines: List<Engine> = { List::of([Engine::Exact]) };
            /// Batches.
            batches: List<Count<2, 9>, 0> = [], [3, 4], [5];
        }
    }

    fn set(name: &str, value: &str) -> Result<Params, ParamsError> {
        merged(Profile::Quick, &[(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn each_profile_has_its_values() {
        let depths = Profile::ALL.map(|profile| Params::of(profile).depth.get());
        assert_eq!(depths, [5, 50, 60]);
        assert_eq!(Params::of(Profile::Paper).batches.len(), 1);
    }

    #[test]
    fn a_description_says_meaning_and_range() {
        let said: Vec<String> = Params::described().into_iter().map(|(_, meaning)| meaning).collect();
        assert_eq!(
            said,
            [
                "Layers, inputs not counted: a whole number from 1 to 100",
                "How weights are sampled: one of exact, direct",
                "Engines compared: a list, each one of exact, direct",
                "Batches: a list, each a whole number from 2 to 9",
            ]
        );
    }

    #[test]
    fn values_are_read_in_their_type() {
        assert_eq!(set("depth", "7").unwrap().depth.get(), 7);
        assert_eq!(*set("engines", "[exact, direct]").unwrap().engines, [Engine::Exact, Engine::Direct]);
        assert_eq!(*set("engines", r#"["direct"]"#).unwrap().engines, [Engine::Direct]);
    }

    #[test]
    fn a_wrong_type_or_range_says_what_the_parameter_is() {
        for value in ["0", "101", "-1", "deep", "[1]", "1.5", ""] {
            let message = set("depth", value).unwrap_err().to_string();
            assert!(message.contains("`depth` cannot be") && message.contains("by default 50"), "{message}");
        }
        let error = set("depth", "0").unwrap_err();
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("outside 1 to 100"));
    }

    #[test]
    fn an_unknown_name_is_answered_with_a_suggestion_and_the_list() {
        let message = set("dept", "7").unwrap_err().to_string();
        assert_eq!(
            message,
            "no parameter `dept` (did you mean `depth`?); known: depth, engine, engines, batches"
        );
        assert!(!set("zzz", "7").unwrap_err().to_string().contains("did you mean"));
    }
}
