use super::*;
use crate::{Part, told};

fn header(run: &str, seed: &str, finished: u64) -> Header {
    Header {
        run: run.to_owned(),
        key: Key::new(vec![Part::new("seed", seed)]),
        seconds: 1.5,
        finished,
        peak_memory_bytes: None,
        origin: Origin::default(),
    }
}

fn a_store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::of_section(folder.path(), "3.1-theory", None);
    (folder, store)
}

#[test]
fn any_flipped_or_missing_byte_is_noticed() {
    let (_folder, store) = a_store();
    let header = header("grid", "1", 7);
    store.store(&header, b"payload").unwrap();
    let path = store.path(&header.key);
    let sound = fs::read(&path).unwrap();
    for position in 0..sound.len() {
        let mut damaged = sound.clone();
        damaged[position] ^= 1;
        fs::write(&path, &damaged).unwrap();
        assert!(matches!(store.look_up(&header.key), Lookup::Damaged(_)), "byte {position} flipped");
        fs::write(&path, &sound[..position]).unwrap();
        assert!(matches!(store.look_up(&header.key), Lookup::Damaged(_)), "cut at {position}");
    }
}

#[test]
fn the_newest_entry_of_a_run_is_the_one_compared_with() {
    let (_folder, store) = a_store();
    store.store(&header("grid", "1", 7), b"").unwrap();
    store.store(&header("grid", "2", 9), b"").unwrap();
    store.store(&header("other", "3", 11), b"").unwrap();
    assert_eq!(store.latest("grid"), Some(header("grid", "2", 9)));
    assert_eq!(store.latest("nothing"), None);
}

#[test]
fn pruning_takes_the_old_the_damaged_and_the_unfinished() {
    let (folder, store) = a_store();
    for seed in ["old", "damaged", "fresh"] {
        store.store(&header("grid", seed, 7), b"payload").unwrap();
    }
    let path = |seed| store.path(&header("grid", seed, 7).key);
    let long_ago = SystemTime::now() - Duration::from_secs(1000);
    fs::File::options().write(true).open(path("old")).unwrap().set_modified(long_ago).unwrap();
    fs::write(path("damaged"), b"rubbish").unwrap();
    let left = store.folder.join(format!("{}x", atomic::UNFINISHED));
    for (path, age) in [(left.clone(), WRITING), (left.with_extension("young"), Duration::ZERO)] {
        fs::write(&path, b"half").unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(SystemTime::now() - age).unwrap();
    }

    let hundred = Duration::from_secs(100);
    let planned = Store::prune(folder.path(), hundred, true).unwrap();
    assert_eq!(Store::usage(folder.path()).entries, 3, "a dry run removes nothing");
    let removed = Store::prune(folder.path(), hundred, false).unwrap();
    assert_eq!(planned, removed);
    assert_eq!((removed.entries, removed.unfinished), (2, 1));
    assert!(left.with_extension("young").exists(), "somebody is writing it");
    assert!(path("fresh").exists() && !path("old").exists() && !path("damaged").exists());
}

#[test]
fn a_record_serves_what_the_store_lacks_and_only_where_it_is_asked_for() {
    let (folder, store) = a_store();
    let header = header("grid", "1", 7);
    store.store(&header, b"payload\nwith\0bytes").unwrap();
    let record = folder.path().join("records/3.1-theory");
    let kept = record.join(format!("runs/{}.run.gz", header.key.hash()));
    let bytes = store.compressed(header.key.hash(), &header.origin).unwrap();
    atomic::write(&kept, &bytes).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    assert!(matches!(
        Store::of_section(&elsewhere, "3.1-theory", None).look_up(&header.key),
        Lookup::Missing
    ));
    let with_record = Store::of_section(&elsewhere, "3.1-theory", Some(&record));
    let Lookup::Found(found, payload, Level::Record) = with_record.look_up(&header.key) else {
        panic!("not found")
    };
    assert_eq!((*found, payload.as_slice()), (header.clone(), b"payload\nwith\0bytes".as_slice()));
    assert_eq!(with_record.compressed(header.key.hash(), &header.origin).unwrap(), bytes);
    // The store is filled later under the same key, elsewhere: what was made of the record's run stays with that.
    let origin = Origin { instruction_set: "x86_64+avx512f".to_owned(), ..header.origin.clone() };
    with_record.store(&Header { origin: origin.clone(), ..header.clone() }, b"other bits").unwrap();
    assert_eq!(with_record.compressed(header.key.hash(), &header.origin).unwrap(), bytes);
    assert_ne!(with_record.compressed(header.key.hash(), &origin).unwrap(), bytes);
    let nowhere = Origin { instruction_set: "aarch64".to_owned(), ..origin };
    let error = with_record.compressed(header.key.hash(), &nowhere).unwrap_err();
    assert!(told(&error).contains("elsewhere"), "{error}");
    fs::remove_file(with_record.path(&header.key)).unwrap();
    for position in [0, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1;
        fs::write(&kept, &damaged).unwrap();
        assert!(!matches!(with_record.look_up(&header.key), Lookup::Found(..)), "byte {position} flipped");
    }
}

#[test]
fn what_is_exported_is_taken_in_once() {
    let (folder, store) = a_store();
    for seed in ["1", "2"] {
        store.store(&header("grid", seed, 7), b"payload").unwrap();
    }
    let (file, other) = (folder.path().join("all"), folder.path().join("other"));
    assert_eq!(Store::export(folder.path(), &file).unwrap(), 2);
    assert_eq!(Store::import(&other, &file).unwrap(), (2, 2));
    assert_eq!(Store::import(&other, &file).unwrap(), (0, 2));
    let there = Store::of_section(&other, "3.1-theory", None);
    assert!(matches!(there.look_up(&header("grid", "2", 7).key), Lookup::Found(..)));
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(Store::import(&other, &file).is_err(), "cut short");
    for foreign in [&b"a letter"[..], &[0xff; 300], b""] {
        fs::write(&file, foreign).unwrap();
        let told = Store::import(&other, &file).map_err(|error| told(&error));
        assert!(told.is_err_and(|why| why.contains("cache export") && why.contains("/all")), "{foreign:?}");
    }
    let nowhere = Store::import(&other, &folder.path().join("nowhere")).unwrap_err().to_string();
    assert!(nowhere.starts_with("cannot read ") && nowhere.ends_with("nowhere"), "{nowhere}");
    let mut evil = GzEncoder::new(Vec::new(), Compression::fast());
    evil.write_all(b"1 runs/../../x.run\nx").unwrap();
    fs::write(&file, evil.finish().unwrap()).unwrap();
    assert!(told(&Store::import(&other, &file).unwrap_err()).contains("outside the store"));
}
