//! The description of an archive for programs: an RO-Crate 1.1 that keeps to the profile Process Run Crate 0.5.
//!
//! Each run is an action of its own, because the runs of one section may have been computed by different commits on
//! different machines at different times: its inputs are parameters, seed and data, its result the file that keeps it.
//! One more action a section makes tables, figures and verdicts of the runs. Each claim is a `Claim`, and where it was
//! measured a `ClaimReview` carries the verdict.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::{Duration, UNIX_EPOCH};

use ledger::{Entry, Origin as Stated, Verdict};
use runner::{CommandError, Header, Origin as Place, Provenance, Store};
use serde_json::{Value, json};

use super::citation::{Citation, spdx, told};
use super::packed::{Files, Origin, sha256};
use crate::ledger_files;
use crate::sections::{Section, Workspace};

/// The entity that did all the work and signs all verdicts.
const AUTHORS: &str = "#authors";

/// The entities gathered so far, in order, each once.
#[derive(Default)]
struct Graph(Vec<Value>, BTreeSet<String>);

impl Graph {
    /// Adds an entity unless it is there; gives the reference to it.
    fn add(&mut self, id: &str, entity: Value) -> Value {
        if self.1.insert(id.to_owned()) {
            let mut whole = json!({"@id": id});
            if let (Some(whole), Value::Object(fields)) = (whole.as_object_mut(), compact(entity)) {
                whole.extend(fields);
            }
            self.0.push(whole);
        }
        json!({"@id": id})
    }

    fn property(&mut self, name: &str, value: &str) -> Value {
        let id = format!("#value-{}", short(&format!("{name} {value}")));
        self.add(&id, json!({"@type": "PropertyValue", "name": name, "value": value}))
    }
}

/// A time with its zone as the profile's validator reads it.
fn zoned(time: &str) -> String {
    time.strip_suffix('Z').map_or(time.to_owned(), |time| format!("{time}+00:00"))
}

/// Fields with lists of one item as that item, as an RO-Crate has them.
fn compact(entity: Value) -> Value {
    let Value::Object(fields) = told(entity) else { return Value::Null };
    let single = |value: Value| match value {
        Value::Array(mut items) if items.len() == 1 => items.remove(0),
        other => other,
    };
    let has_any = |value: &Value| value.as_array().is_none_or(|items| !items.is_empty());
    let fields = fields.into_iter().filter(|(_, value)| has_any(value));
    Value::Object(fields.map(|(name, value)| (name, single(value))).collect())
}

fn short(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..12].to_owned()
}

/// Describes the files of a workspace.
/// Fails when a record is damaged or a data set is not described.
pub fn of(
    workspace: &Workspace,
    citation: &Citation,
    origin: &Origin,
    files: &Files,
) -> Result<Value, CommandError> {
    let mut graph = Graph::default();
    let mut mentions = Vec::new();
    cited(&mut graph, citation);
    let data = data_sets(&mut graph, files)?;
    for section in &workspace.sections {
        let record = workspace.records().join(section.slug());
        if record.is_dir() {
            let url = citation.package.repository.as_deref();
            let actions = Actions { graph: &mut graph, section, files, data: &data, url };
            mentions.extend(actions.of_record(&ledger_files::provenance(&record)?, workspace)?);
        }
    }
    for row in ledger_files::adopted(workspace)? {
        mentions.extend(claim(&mut graph, citation, workspace, &row, files));
    }
    let parts: Vec<Value> =
        files.iter().map(|(name, file)| graph.add(name, described(name, &file.bytes))).collect();
    let changed = match origin.changed.len() {
        0 => String::new(),
        many => format!("; {many} files differ from that commit: archive.json names them"),
    };
    let root = json!({
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": citation.title,
        "description": format!("{} Commit {}{changed}.", citation.description, origin.commit),
        "datePublished": citation.date,
        "version": citation.package.version,
        "identifier": citation.doi,
        "url": citation.package.repository,
        "license": citation.licences().map(|licence| json!({"@id": spdx(licence)})).collect::<Vec<_>>(),
        "author": {"@id": AUTHORS},
        "publisher": {"@id": AUTHORS},
        "keywords": citation.keywords.join(", "),
        "isBasedOn": {"@id": citation.original.address()},
        "hasPart": parts,
        "mentions": mentions,
    });
    let descriptor = json!({
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    });
    let graph: Vec<Value> = [descriptor, compact(root)].into_iter().chain(graph.0).collect();
    let context = json!(["https://w3id.org/ro/crate/1.1/context", {"sha256": "http://schema.org/sha256"}]);
    Ok(json!({"@context": context, "@graph": graph}))
}

const PROFILE: &str = "https://w3id.org/ro/wfrun/process/0.5";

/// Authors, licences, the profile, the original and who wrote it.
fn cited(graph: &mut Graph, citation: &Citation) {
    let names: Vec<Value> =
        citation.authors.iter().map(|author| author.described()["name"].clone()).collect();
    let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
    let members: Vec<Value> = (citation.authors.iter().enumerate())
        .map(|(at, author)| graph.add(&format!("#author-{at}"), without_id(author.described())))
        .collect();
    graph.add(AUTHORS, json!({"@type": "Organization", "name": names.join(", "), "url": citation.package.repository, "member": members}));
    for licence in citation.licences() {
        graph.add(
            &spdx(licence),
            json!({"@type": "CreativeWork", "name": licence, "identifier": spdx(licence)}),
        );
    }
    graph.add(PROFILE, json!({"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}));
    let original = &citation.original;
    let authors: Vec<Value> = (original.authors.iter().enumerate())
        .map(|(at, author)| graph.add(&format!("#original-author-{at}"), without_id(author.described())))
        .collect();
    let article = json!({
        "@type": "ScholarlyArticle",
        "name": original.title,
        "author": authors,
        "datePublished": original.year.to_string(),
        "identifier": original.identifier(),
        "url": original.address(),
    });
    graph.add(&original.address(), article);
}

fn without_id(mut entity: Value) -> Value {
    if let Some(id) = entity.as_object_mut().and_then(|fields| fields.remove("@id")) {
        entity["identifier"] = id;
    }
    entity
}

/// The data sets of `data/datasets.toml`, none of which the archive holds, by name.
fn data_sets(graph: &mut Graph, files: &Files) -> Result<BTreeMap<String, Value>, CommandError> {
    let text = files
        .get("data/datasets.toml")
        .map_or(String::new(), |file| String::from_utf8_lossy(&file.bytes).into());
    let sets: toml::Table =
        toml::from_str(&text).map_err(|error| CommandError::usage("data/datasets.toml").because(error))?;
    let described = sets.iter().map(|(name, set)| {
        let field = |field: &str| set.get(field).and_then(toml::Value::as_str);
        let terms = json!({"@type": "CreativeWork", "name": field("licence"), "description": field("terms")});
        let license = graph.add(&format!("#terms-{name}"), terms);
        let entity = json!({
            "@type": "CreativeWork",
            "name": field("title"),
            "url": field("page"),
            "license": license,
            "creditText": field("citation"),
            "description": "Not part of this archive.",
        });
        (name.clone(), graph.add(&format!("#data-{name}"), entity))
    });
    Ok(described.collect())
}

/// The actions behind the record of a section.
struct Actions<'a> {
    graph: &'a mut Graph,
    section: &'a Section,
    files: &'a Files,
    data: &'a BTreeMap<String, Value>,
    /// Where the sources are kept, if that is said.
    url: Option<&'a str>,
}

impl Actions<'_> {
    /// One for each run that the record keeps, and the one that made its files of them.
    fn of_record(
        mut self,
        provenance: &Provenance,
        workspace: &Workspace,
    ) -> Result<Vec<Value>, CommandError> {
        let folder = format!("data/records/{}/", self.section.slug());
        let own = || self.files.keys().filter(|name| name.starts_with(&folder));
        let runs = format!("{folder}runs/");
        let (all, made): (Vec<&String>, Vec<&String>) = own().partition(|name| name.starts_with(&runs));
        let behind: HashSet<&str> = provenance.runs.iter().map(|run| run.key.as_str()).collect();
        let (mut actions, mut kept) = (Vec::new(), Vec::new());
        for name in &all {
            let (header, _) = Store::recorded(&workspace.root.join(name))?;
            if behind.contains(header.key.hash()) {
                kept.push(*name);
            }
            actions.push(self.run(&header, name));
        }
        let refer = |names: &[&String]| names.iter().map(|name| json!({"@id": name})).collect::<Vec<_>>();
        let (number, name) = (&self.section.number, &self.section.name);
        let mut made_of = format!("{} runs are behind it, of which {} are kept.", behind.len(), kept.len());
        if all.len() > kept.len() {
            made_of += &format!(" {} further ones are of a sweep that goes on.", all.len() - kept.len());
        }
        let action = json!({
            "@type": "CreateAction",
            "name": format!("Section {number}: tables, figures and verdicts"),
            "description": format!("Makes the files of Section {number} ({name}) from its runs. {made_of}"),
            "instrument": self.program(&provenance.made),
            "agent": {"@id": AUTHORS},
            "location": self.machine(&provenance.made),
            "endTime": zoned(&provenance.made.created),
            "actionStatus": COMPLETED,
            "object": refer(&kept),
            "result": refer(&made),
        });
        actions.push(self.graph.add(&format!("#section-{}", self.section.slug()), action));
        Ok(actions)
    }

    fn run(&mut self, header: &Header, file: &str) -> Value {
        let time = |at: Duration| zoned(&humantime::format_rfc3339_seconds(UNIX_EPOCH + at).to_string());
        let end = Duration::from_secs(header.finished);
        let begin = end.saturating_sub(Duration::from_secs_f64(header.seconds.max(0.0)));
        let mut inputs = Vec::new();
        for part in header.key.parts() {
            let (name, value) = (part.name.as_str(), part.value.as_str());
            if let Some(set) = name.strip_prefix("data ") {
                inputs.extend(self.data.get(set).cloned());
                inputs.push(self.graph.property(&format!("BLAKE3 of {set}"), value));
            } else if name == "seed" || name == "device" || name.starts_with("parameter ") {
                inputs.push(self.graph.property(name, value));
            }
        }
        let (slug, run) = (self.section.slug(), &header.run);
        let action = json!({
            "@type": "CreateAction",
            "name": format!("Section {}, run {run}", self.section.number),
            "description": format!("Computes the run {run} in {:.3} s.", header.seconds),
            "instrument": self.program(&header.origin),
            "agent": {"@id": AUTHORS},
            "location": self.machine(&header.origin),
            "startTime": time(begin),
            "endTime": time(end),
            "actionStatus": COMPLETED,
            "object": inputs,
            "result": {"@id": file},
        });
        let key = &header.key.hash()[..12];
        self.graph.add(&format!("#run-{slug}-{key}"), action)
    }

    /// The section's program as it was at some commit.
    fn program(&mut self, place: &Place) -> Value {
        let (slug, checkout) = (self.section.slug(), &place.checkout);
        let changes = checkout
            .diff_hash
            .as_deref()
            .map_or(String::new(), |hash| format!(" with changes {}", &hash[..12.min(hash.len())]));
        let version = format!("{}{changes}", checkout.commit);
        let entity = json!({
            "@type": "SoftwareApplication",
            "name": format!("The program of Section {} ({})", self.section.number, self.section.name),
            "softwareVersion": version,
            "url": self.url,
            "description": format!("crates/{slug}, compiled by {}; BLAKE3 of Cargo.lock {}", place.rustc, checkout.lock_hash),
        });
        self.graph.add(&format!("#program-{slug}-{}", short(&format!("{version} {}", place.rustc))), entity)
    }

    fn machine(&mut self, place: &Place) -> Value {
        let card = place
            .gpu
            .as_ref()
            .map(|gpu| format!("{gpu}, driver {}", place.driver.as_deref().unwrap_or("unknown")));
        let known = [
            ("processor", Some(place.cpu.clone())),
            ("instruction set", Some(place.instruction_set.clone()).filter(|set| !set.is_empty())),
            ("threads", Some(place.threads.to_string())),
            ("graphics card", card),
        ];
        let known: Vec<(&str, String)> =
            known.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let text = known.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ");
        let properties: Vec<Value> =
            known.iter().map(|(name, value)| self.graph.property(name, value)).collect();
        let entity =
            json!({"@type": "Place", "name": format!("A machine: {text}"), "additionalProperty": properties});
        self.graph.add(&format!("#machine-{}", short(&text)), entity)
    }
}

const COMPLETED: &str = "http://schema.org/CompletedActionStatus";

/// A claim and, where it was measured, the review of it: what the root mentions of them.
fn claim(
    graph: &mut Graph,
    citation: &Citation,
    workspace: &Workspace,
    row: &Entry,
    files: &Files,
) -> Vec<Value> {
    let stated_in = match row.origin {
        Stated::Paper => citation.original.address(),
        Stated::Ours => "paper/paper.pdf".to_owned(),
    };
    let entity = json!({
        "@type": "Claim",
        "name": row.id,
        "text": row.statement,
        "description": row.locator,
        "isPartOf": {"@id": stated_in},
    });
    let stated = graph.add(&format!("#claim-{}", row.id), entity);
    if row.verdict == Verdict::NotMeasured {
        return vec![stated];
    }
    let section = workspace.sections.iter().find(|section| section.number == row.section);
    let folder = section.map_or(String::new(), |section| format!("data/records/{}/", section.slug()));
    let file = |kind: &str, name: &Option<String>, ends: &[&str]| {
        let names = ends.iter().filter_map(|end| Some(format!("{folder}{kind}/{}{end}", name.as_ref()?)));
        names.filter(|name| files.contains_key(name)).collect::<Vec<_>>()
    };
    let source = row.source.as_ref().map(|source| source.split('#').next().unwrap_or_default().to_owned());
    let based_on = [
        file("tables", &row.table, &[".csv", ".csv.gz"]),
        file("figures", &row.figure, &[".svg"]),
        source.into_iter().filter(|name| files.contains_key(name)).collect(),
    ];
    let based_on: Vec<Value> = based_on.concat().iter().map(|name| json!({"@id": name})).collect();
    let verdict = row.verdict.as_str();
    let rating = json!({"@type": "Rating", "name": verdict, "ratingValue": verdict});
    let rating =
        graph.add(&format!("#verdict-{}", verdict.replace(|c: char| !c.is_alphanumeric(), "-")), rating);
    let review = json!({
        "@type": "ClaimReview",
        "name": format!("{}: {verdict}", row.id),
        "claimReviewed": row.statement,
        "itemReviewed": stated,
        "reviewRating": rating,
        "reviewBody": row.reason,
        "author": {"@id": AUTHORS},
        "isBasedOn": based_on,
    });
    vec![stated, graph.add(&format!("#review-{}", row.id), review)]
}

/// A file of the archive.
fn described(name: &str, bytes: &[u8]) -> Value {
    let format = match name.trim_end_matches(".gz").rsplit('.').next() {
        _ if name.ends_with(".gz") => "application/gzip",
        Some("csv") => "text/csv",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("pdf") => "application/pdf",
        Some("html") => "text/html",
        Some("woff2") => "font/woff2",
        _ => "text/plain",
    };
    json!({
        "@type": "File",
        "name": name,
        "encodingFormat": format,
        "contentSize": bytes.len().to_string(),
        "sha256": sha256(bytes),
    })
}
