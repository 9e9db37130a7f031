//! The register: every claim of the paper, read from `paper/claims.toml` and checked while reading.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::claim::Target;
use crate::{Claim, Digits, Kind, Origin};

/// All claims, in the paper's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    claims: Vec<Claim>,
}

/// Why the register cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The file itself.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// Not TOML, or a field of the wrong type or name; the source holds line, column and excerpt.
    #[error("the claims file is malformed")]
    Malformed(#[from] toml::de::Error),
    /// A claim that contradicts the rules of its kind.
    #[error("line {line}: claim `{id}`, field `{field}`: {why}")]
    Claim {
        /// Line of the claim's `id`, counted from 1.
        line: usize,
        /// The claim.
        id: String,
        /// The field at fault.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    claim: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: Spanned<String>,
    section: String,
    locator: String,
    kind: Kind,
    statement: String,
    printed: Option<String>,
    wrong: Option<String>,
    wrong_because: Option<String>,
    reading: Option<String>,
    sampling: Option<Sampling>,
    stated: Option<toml::Table>,
    correction: Option<String>,
    #[serde(default)]
    checks: Vec<String>,
    mind: Option<String>,
    #[serde(default)]
    origin: Origin,
    #[serde(default)]
    placeholder: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sampling {
    replicates: u32,
}

impl Register {
    /// Reads the register from a file.
    ///
    /// # Errors
    /// [`RegisterError`], which names line and field.
    pub fn read(path: &Path) -> Result<Self, RegisterError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| RegisterError::Unreadable { path: path.to_path_buf(), error })?;
        Self::parse(&text)
    }

    /// Reads the register from the text of `claims.toml`.
    ///
    /// # Errors
    /// [`RegisterError`], which names line and field.
    pub fn parse(text: &str) -> Result<Self, RegisterError> {
        let file: File = toml::from_str(text)?;
        let mut seen = HashSet::new();
        let mut claims = Vec::with_capacity(file.claim.len());
        for row in file.claim {
            let line = text[..row.id.span().start].matches('\n').count() + 1;
            let id = row.id.get_ref().clone();
            let claim =
                row.check(&mut seen).map_err(|(field, why)| RegisterError::Claim { line, id, field, why })?;
            claims.push(claim);
        }
        Ok(Self { claims })
    }

    /// All claims, in the paper's order.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The claim with this id.
    pub fn claim(&self, id: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id == id)
    }
}

type Fault = (&'static str, String);

impl Row {
    fn check(self, seen: &mut HashSet<String>) -> Result<Claim, Fault> {
        let id = self.id.into_inner();
        if !seen.insert(id.clone()) {
            return Err(("id", "stands twice".to_owned()));
        }
        for (field, text) in [("statement", &self.statement), ("locator", &self.locator)] {
            if text.trim().is_empty() {
                return Err((field, "is empty".to_owned()));
            }
        }
        if self.section.split('.').any(|part| part.parse::<u32>().is_err()) {
            return Err(("section", format!("`{}` is not a number such as 3.1", self.section)));
        }
        let targets = targets(self.kind, self.printed.as_deref(), self.wrong.as_deref())?;
        if !targets.is_empty() && self.wrong_because.is_none() {
            return Err(("wrong_because", "missing: say where the wrong value would come from".to_owned()));
        }
        let read = self.kind == Kind::Series && !targets.is_empty();
        if self.sampling.is_some() != (self.kind == Kind::Measured || read) {
            return Err((
                "sampling",
                "belongs to kind `measured` and to values read from a curve, and only there".to_owned(),
            ));
        }
        let reading = self.reading.as_deref().map(Digits::parse).transpose();
        let reading = reading.map_err(|error| ("reading", error.to_string()))?.map(|digits| digits.value());
        if reading.is_some_and(|error| self.sampling.is_none() || error <= 0.0) || (read && reading.is_none())
        {
            return Err((
                "reading",
                "is the positive error of values read from a figure, which a series needs".to_owned(),
            ));
        }
        if (self.kind == Kind::Misprint) != self.correction.is_some() {
            return Err(("correction", "belongs to kind `misprint`, and only there".to_owned()));
        }
        if let Some(twice) = self.checks.iter().enumerate().find(|(at, id)| self.checks[..*at].contains(id)) {
            return Err(("checks", format!("`{}` stands twice", twice.1)));
        }
        Ok(Claim {
            stated: stated(self.kind, self.stated)?,
            id,
            section: self.section,
            locator: self.locator,
            kind: self.kind,
            statement: self.statement,
            targets,
            reading,
            wrong_because: self.wrong_because,
            replicates: self.sampling.map(|sampling| sampling.replicates),
            correction: self.correction,
            checks: self.checks,
            mind: self.mind,
            origin: self.origin,
            placeholder: self.placeholder,
        })
    }
}

/// The stated values and their nearest wrong ones.
fn targets(kind: Kind, printed: Option<&str>, wrong: Option<&str>) -> Result<Vec<Target>, Fault> {
    let (printed, wrong) = match (printed, wrong) {
        (Some(_), _) if !kind.may_have_digits() => {
            return Err(("printed", format!("kind `{kind}` states no digits")));
        }
        (_, Some(_)) if !kind.may_have_digits() => {
            return Err(("wrong", format!("kind `{kind}` states no digits")));
        }
        (Some(printed), Some(wrong)) => (numbers("printed", printed)?, numbers("wrong", wrong)?),
        (None, None) if !kind.has_digits() => return Ok(Vec::new()),
        (None, _) => return Err(("printed", format!("missing: kind `{kind}` states digits"))),
        (_, None) => {
            return Err(("wrong", "missing: name the nearest wrong value that would matter".to_owned()));
        }
    };
    if printed.len() != wrong.len() {
        return Err(("wrong", format!("{} values for {} printed ones", wrong.len(), printed.len())));
    }
    let pairs = printed.into_iter().zip(wrong).map(|(printed, wrong)| Target { printed, wrong });
    let targets: Vec<Target> = pairs.collect();
    if targets.iter().any(|target| target.printed.value() == target.wrong.value()) {
        return Err(("wrong", "is the printed value itself".to_owned()));
    }
    Ok(targets)
}

fn numbers(field: &'static str, list: &str) -> Result<Vec<Digits>, Fault> {
    list.split(',').map(|text| Digits::parse(text).map_err(|error| (field, error.to_string()))).collect()
}

fn stated(kind: Kind, stated: Option<toml::Table>) -> Result<Vec<(String, String)>, Fault> {
    if (kind == Kind::Protocol) != stated.is_some() {
        return Err(("stated", "belongs to kind `protocol`, and only there".to_owned()));
    }
    let settings = stated.unwrap_or_default().into_iter().map(|(name, value)| match value {
        toml::Value::String(text) => Ok((name, text)),
        other => Err(("stated", format!("`{name}` is {other}, but settings are written as strings"))),
    });
    settings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[claim]]
id = "4.slope-theory"
section = "3.1"
locator = "§4"
kind = "printed"
statement = "slope"
printed = "-0.383"
wrong = "-0.381"
wrong_because = "the rounded 1.21"
"#;

    fn fault(text: &str) -> String {
        match Register::parse(text).unwrap_err() {
            RegisterError::Malformed(error) => error.to_string(),
            error => error.to_string(),
        }
    }

    #[test]
    fn a_good_claim_is_read() {
        let register = Register::parse(GOOD).unwrap();
        assert_eq!(register.claim("4.slope-theory").unwrap().targets[0].printed.half_width(), 0.0005);
        assert!(register.claim("nobody").is_none());
    }

    #[test]
    fn faults_name_line_and_field() {
        let cases = [
            (GOOD.replace("kind = \"printed\"", "kind = \"guessed\""), "line 6", "kind"),
            (GOOD.replace("wrong = \"-0.381\"\n", ""), "line 3", "wrong"),
            (GOOD.replace("-0.383", "about 0.4"), "line 3", "printed"),
            (GOOD.replace("-0.381", "-0.383"), "line 3", "wrong"),
            (GOOD.replace("section = \"3.1\"", "section = \"three\""), "line 3", "section"),
            (GOOD.replace("statement", "statment"), "line 7", "statment"),
            (GOOD.replace("locator = \"§4\"", "locator = \"\""), "line 3", "locator"),
            (format!("{GOOD}{GOOD}"), "line 13", "id"),
            (GOOD.replace("printed\"\n", "misprint\"\n"), "line 3", "printed"),
            (format!("{GOOD}checks = [\"a\", \"a\"]"), "line 3", "checks"),
            (format!("{GOOD}stated = {{ networks = 30 }}"), "line 3", "stated"),
            (format!("{GOOD}reading = \"0.1\""), "line 3", "reading"),
            (
                GOOD.replace("\"printed\"\n", "\"series\"\nsampling = { replicates = 30 }\n"),
                "line 3",
                "reading",
            ),
            (GOOD.replace("\"printed\"\n", "\"series\"\nreading = \"0.1\"\n"), "line 3", "sampling"),
        ];
        for (text, line, field) in cases {
            let message = fault(&text);
            assert!(message.contains(line) && message.contains(field), "{message}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Register::read(Path::new("no/such/claims.toml")).unwrap_err();
        assert!(error.to_string().contains("no/such/claims.toml"));
    }
}
