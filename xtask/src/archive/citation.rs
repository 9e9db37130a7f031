//! Who is to be cited for what. The root manifest says it once; `CITATION.cff`, `.zenodo.json` and `codemeta.json` are written
//! from there.

use std::path::Path;

use runner::{CommandError, atomic};
use serde::Deserialize;
use serde_json::{Value, json};

/// How this reproduction is cited.
#[derive(Deserialize, Debug)]
pub struct Citation {
    /// Its title.
    pub title: String,
    /// What it is, in a sentence or two.
    pub description: String,
    /// The day of the version, `2026-11-26`.
    pub date: String,
    /// Its DOI, once a deposit has one.
    pub doi: Option<String>,
    /// What it is about.
    pub keywords: Vec<String>,
    /// Who made it.
    pub authors: Vec<Author>,
    /// The paper that it reproduces.
    pub original: Original,
    /// What all crates share.
    #[serde(skip)]
    pub package: Package,
}

/// The fields of `[workspace.package]` that a citation needs.
#[derive(Deserialize, Debug, Default)]
pub struct Package {
    /// The version.
    pub version: String,
    license: String,
    /// Where the sources are kept, if that is said.
    pub repository: Option<String>,
}

/// A person, or a group by its name.
#[derive(Deserialize, Debug)]
#[serde(untagged)]
pub enum Author {
    /// A person.
    #[serde(rename_all = "kebab-case")]
    Person { family_names: String, given_names: String, orcid: Option<String> },
    /// A group.
    Group { name: String },
}

/// The paper that is reproduced.
#[derive(Deserialize, Debug)]
pub struct Original {
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// When.
    pub year: u32,
    arxiv: String,
}

#[derive(Deserialize)]
struct Manifest {
    workspace: Root,
}

#[derive(Deserialize)]
struct Root {
    package: Package,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    citation: Citation,
}

impl Author {
    /// As schema.org has it.
    pub fn described(&self) -> Value {
        match self {
            Self::Person { family_names, given_names, orcid } => {
                let name = format!("{given_names} {family_names}");
                json!({"@type": "Person", "@id": orcid, "name": name, "givenName": given_names, "familyName": family_names})
            }
            Self::Group { name } => json!({"@type": "Organization", "name": name}),
        }
    }

    fn cited(&self) -> Value {
        match self {
            Self::Person { family_names, given_names, orcid } => {
                json!({"family-names": family_names, "given-names": given_names, "orcid": orcid})
            }
            Self::Group { name } => json!({"name": name}),
        }
    }

    fn deposited(&self) -> Value {
        match self {
            Self::Person { family_names, given_names, orcid } => {
                let orcid = orcid.as_ref().map(|orcid| orcid.trim_start_matches("https://orcid.org/"));
                json!({"name": format!("{family_names}, {given_names}"), "orcid": orcid})
            }
            Self::Group { name } => json!({"name": name}),
        }
    }
}

impl Original {
    /// Its address.
    pub fn address(&self) -> String {
        format!("https://arxiv.org/abs/{}", self.arxiv)
    }

    /// Its identifier.
    pub fn identifier(&self) -> String {
        format!("arXiv:{}", self.arxiv)
    }
}

impl Citation {
    /// Reads the manifest at the root of a workspace.
    /// Fails when it says too little.
    pub fn read(root: &Path) -> Result<Self, CommandError> {
        let wrong = || CommandError::usage("Cargo.toml does not say how this is cited");
        let text = std::fs::read_to_string(root.join("Cargo.toml"))?;
        let Manifest { workspace: Root { package, metadata } } =
            toml::from_str(&text).map_err(|error| wrong().because(error))?;
        Ok(Self { package, ..metadata.citation })
    }

    /// The licences, of which a user chooses one.
    pub fn licences(&self) -> impl Iterator<Item = &str> {
        self.package.license.split(" OR ")
    }

    /// The files that say how this is cited, by name. The Citation File Format takes one licence by its name, or a list,
    /// which Zenodo does not take: the first is named.
    pub fn files(&self) -> [(&'static str, String); 3] {
        let template: Value = serde_json::from_str(include_str!("citation.json"))
            .expect("the template is a part of the program");
        let fields = self.fields();
        ["CITATION.cff", ".zenodo.json", "codemeta.json"].map(|name| {
            let value = told(filled(&template[name], &fields));
            let mut text = "# Written by `cargo xtask archive --describe` from Cargo.toml.\n".to_owned();
            match name {
                "CITATION.cff" => yaml(&value, 0, &mut text),
                _ => text = format!("{value:#}\n"),
            }
            (name, text)
        })
    }

    /// What the templates of the files name.
    fn fields(&self) -> Value {
        let of_all = |form: fn(&Author) -> Value| self.authors.iter().map(form).collect::<Vec<_>>();
        let original = &self.original;
        let of_original = |form: fn(&Author) -> Value| original.authors.iter().map(form).collect::<Vec<_>>();
        json!({
            "title": self.title,
            "description": self.description,
            "date": self.date,
            "year": self.date.split('-').next().and_then(|year| year.parse::<u32>().ok()),
            "doi": self.doi,
            "keywords": self.keywords,
            "version": self.package.version,
            "repository": self.package.repository,
            "licence": self.licences().next(),
            "licences": self.licences().map(spdx).collect::<Vec<_>>(),
            "cited": of_all(Author::cited),
            "deposited": of_all(Author::deposited),
            "described": of_all(Author::described),
            "notes": format!("Reproduces {}.", original.identifier()),
            "original.title": original.title,
            "original.year": original.year,
            "original.published": original.year.to_string(),
            "original.address": original.address(),
            "original.identifier": original.identifier(),
            "original.cited": of_original(Author::cited),
            "original.described": of_original(Author::described),
        })
    }

    /// Writes them below a root; says which were others before.
    pub fn write(&self, root: &Path) -> Result<Vec<&'static str>, CommandError> {
        let mut written = Vec::new();
        for (name, text) in self.files() {
            if atomic::write_if_changed(&root.join(name), text.as_bytes())? {
                written.push(name);
            }
        }
        Ok(written)
    }
}

/// The address of a licence in the SPDX list.
pub fn spdx(licence: &str) -> String {
    format!("https://spdx.org/licenses/{licence}")
}

/// A template with the fields that it names, as in `$title`, in their places. Of a list, what names an unknown one is left out.
fn filled(template: &Value, fields: &Value) -> Value {
    let is_unknown = |item: &Value| item.as_object().is_some_and(|parts| parts.values().any(Value::is_null));
    match template {
        Value::String(text) => {
            text.strip_prefix('$').map_or_else(|| template.clone(), |name| fields[name].clone())
        }
        Value::Array(items) => {
            items.iter().map(|item| filled(item, fields)).filter(|item| !is_unknown(item)).collect()
        }
        Value::Object(parts) => {
            parts.iter().map(|(name, part)| (name.clone(), filled(part, fields))).collect()
        }
        other => other.clone(),
    }
}

/// A value without the fields of which nothing is known.
pub fn told(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let known = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(known.map(|(name, value)| (name, told(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(told).collect(),
        other => other,
    }
}

/// Writes a value as YAML, strings in quotes: these are read alike in JSON and YAML.
fn yaml(value: &Value, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                text.push_str(&format!("{indent}{name}:"));
                inner(value, depth, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                let mut block = String::new();
                inner(item, depth, &mut block);
                text.push_str(&format!("{indent}- {}", block.trim_start()));
            }
        }
        plain => text.push_str(&format!("{indent}{plain}\n")),
    }
}

fn inner(value: &Value, depth: usize, text: &mut String) {
    if value.is_object() || value.is_array() {
        text.push('\n');
        yaml(value, depth + 1, text);
    } else {
        text.push_str(&format!(" {value}\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    #[test]
    fn every_file_says_what_the_manifest_says() {
        for (name, text) in Citation::read(root()).unwrap().files() {
            let there = std::fs::read_to_string(root().join(name)).unwrap_or_default();
            assert_eq!(there, text, "{name}: `cargo xtask archive --describe` writes it anew");
        }
    }

    #[test]
    fn every_licence_that_may_be_chosen_is_here() {
        for licence in Citation::read(root()).unwrap().licences() {
            let file = format!("LICENSE-{}", licence.split('-').next().unwrap().to_uppercase());
            assert!(root().join(&file).is_file(), "{file} is missing");
        }
    }

    #[test]
    fn what_a_releaser_fills_in_comes_out_everywhere() {
        let mut citation = Citation::read(root()).unwrap();
        let orcid = Some("https://orcid.org/0000-0000-0000-0000".to_owned());
        let (family_names, given_names) = ("Ng: \"X\"".to_owned(), "A.".to_owned());
        citation.authors = vec![Author::Person { family_names, given_names, orcid }];
        citation.doi = Some("10.0/test".to_owned());
        citation.package.repository = Some("https://example.org/code".to_owned());
        let [cff, zenodo, codemeta] = citation.files().map(|(_, text)| text);
        assert!(cff.contains("\n  - family-names: \"Ng: \\\"X\\\"\"\n    given-names: \"A.\"\n"), "{cff}");
        assert!(
            cff.contains("\ndoi: \"10.0/test\"\nrepository-code: \"https://example.org/code\"\n"),
            "{cff}"
        );
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(read(&zenodo)["creators"][0]["orcid"], "0000-0000-0000-0000");
        assert_eq!(read(&codemeta)["codeRepository"], "https://example.org/code");
        assert_eq!(read(&codemeta)["identifier"], "10.0/test");
    }
}
