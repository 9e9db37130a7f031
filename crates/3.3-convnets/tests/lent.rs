//! A record of real images is shown where these are not: its runs are found by the data that they were computed on, and what it
//! lacks is computed on nothing else in their name.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use convnets::SECTION;
use experiment::Profile;
use runner::Program;
use runner::messages::Request;
use serde_json::{Value, json};

fn said(word: &str, request: &Request) -> (String, Option<i32>) {
    let program = Program::start(Path::new(env!("CARGO_BIN_EXE_convnets")), &[word], Some(request)).unwrap();
    program.finish().unwrap()
}

/// The keys of the runs of a plan.
fn keys(request: &Request) -> Vec<String> {
    let (said, code) = said("plan", request);
    assert_eq!(code, Some(0), "{said}");
    let plan = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let plan = plan.into_iter().find(|event| event["event"] == "plan").unwrap();
    let key = |run: &Value| run["key"].as_str().unwrap().to_owned();
    plan["runs"].as_array().unwrap().iter().map(key).collect()
}

#[test]
fn what_a_record_of_absent_data_lacks_is_not_computed_in_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let plain = snapshots::request(&SECTION, Profile::Smoke, &[], folder.path());
    let record = folder.path().join("record");
    let real = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/records/3.3-convnets/provenance.json");
    let mut provenance: Value = serde_json::from_slice(&fs::read(real).unwrap()).unwrap();
    provenance["outputs"] = json!({});
    provenance["profile"] = json!("smoke");
    fs::create_dir(&record).unwrap();
    let write =
        |provenance: &Value| fs::write(record.join("provenance.json"), provenance.to_string()).unwrap();
    write(&provenance);
    let lent = Request { record: Some(record.clone()), ..plain.clone() };
    assert!(keys(&lent).iter().all(|key| !keys(&plain).contains(key)));
    let (told, code) = said("run", &lent);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("is not in the record, and not all of cifar-10, isbi-2012 is here"), "{told}");

    // What is asked for is another result than the record: stand-ins, as ever.
    provenance["seed"] = json!(1);
    write(&provenance);
    assert_eq!(keys(&lent), keys(&plain));
}
