use std::time::Duration;

use super::*;
use crate::tests::{Answer, Server, file, set, tar_gz, zip};

/// A data folder, a cache, and an archive with one file of 100 000 bytes that do not compress.
struct Place {
    folder: tempfile::TempDir,
    content: Vec<u8>,
    archive: Vec<u8>,
}

impl Place {
    fn new() -> Self {
        let mut state = 1_u32;
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let content: Vec<u8> = (0..100_000).map(|_| byte()).collect();
        let archive = tar_gz(&[("top/a.bin", &content)]);
        Self { folder: tempfile::tempdir().unwrap(), content, archive }
    }

    fn set(&self, addresses: &[&str]) -> DataSet {
        set("a.tar.gz", Some(&self.archive), addresses, vec![file("deep/a.bin", &self.content)])
    }

    fn fetch(&self, set: &DataSet) -> Result<bool, CommandError> {
        let downloader = Downloader::new(Duration::ZERO);
        fetch(set, &self.folder.path().join("data"), &self.folder.path().join("cache"), &downloader)
    }

    fn part(&self) -> std::path::PathBuf {
        self.folder.path().join("cache/downloads/a.tar.gz")
    }

    fn leave_part(&self, content: &[u8]) {
        runner::atomic::write(&self.part(), content).unwrap();
    }

    fn has_file(&self) -> bool {
        fs::read(self.folder.path().join("data/deep/a.bin")).is_ok_and(|content| content == self.content)
    }
}

#[test]
fn an_archive_is_completed_from_what_came_before_however_it_is_sent() {
    use Answer::{Cut, Properly, Whole};
    for (came, answers, asked) in [
        (0, vec![Properly], vec![None]),
        (0, vec![Cut(40_000), Cut(30_000), Properly], vec![None, Some(40_000), Some(70_000)]),
        (60_000, vec![Properly], vec![Some(60_000)]),
        (60_000, vec![Whole], vec![Some(60_000)]),
    ] {
        let place = Place::new();
        if came > 0 {
            place.leave_part(&place.archive[..came]);
        }
        let server = Server::start(place.archive.clone(), &answers);
        let set = place.set(&[&server.address]);
        assert!(place.fetch(&set).unwrap());
        assert!(place.has_file() && !place.part().exists());
        assert!(!place.fetch(&set).unwrap(), "it is fetched once");
        assert_eq!(server.asked(), asked);
    }
}

#[test]
fn a_part_of_another_file_is_dropped() {
    let place = Place::new();
    for wrong in [vec![7; 60_000], vec![7; place.archive.len()], vec![7; 2 * place.archive.len()]] {
        place.leave_part(&wrong);
        let server = Server::start(place.archive.clone(), &[Answer::Properly]);
        assert!(place.fetch(&place.set(&[&server.address])).unwrap());
        assert_eq!(server.asked().last(), Some(&None), "the last request is for all of it");
        assert!(place.has_file());
        fs::remove_file(place.folder.path().join("data/deep/a.bin")).unwrap();
    }
}

#[test]
fn another_file_at_the_address_is_refused() {
    let place = Place::new();
    let mut changed = place.archive.clone();
    changed[50_000] ^= 1;
    let server = Server::start(changed, &[Answer::Properly]);
    let error = place.fetch(&place.set(&[&server.address])).unwrap_err();
    assert!(error.to_string().contains("is not the official one: its SHA-256 is"), "{error:?}");
    assert!(!place.has_file() && !place.part().exists());
    let server = Server::start(vec![1; 10], &[Answer::Properly]);
    let error = place.fetch(&place.set(&[&server.address])).unwrap_err();
    assert!(error.to_string().contains("has 10 bytes where"), "{error:?}");
}

#[test]
fn a_transfer_that_never_gets_further_ends_and_keeps_what_came() {
    let place = Place::new();
    let server = Server::start(place.archive.clone(), &[Answer::Cut(10_000), Answer::Cut(0)]);
    let error = place.fetch(&place.set(&[&server.address])).unwrap_err();
    assert!(error.to_string().contains("broke off 3 times"), "{error:?}");
    assert!(error.advice.as_ref().unwrap().contains("goes on from there"), "{error:?}");
    assert_eq!(fs::metadata(place.part()).unwrap().len(), 10_000);
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn the_next_address_is_tried_and_offline_the_way_out_is_told() {
    let place = Place::new();
    // Nobody listens at a port that was just given back.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{closed}/a.tar.gz");
    let error = place.fetch(&place.set(&[&nobody])).unwrap_err();
    assert!(error.to_string().contains(&format!("cannot reach {nobody}")), "{error:?}");
    let advice = format!("download it by hand from {nobody} and run cargo xtask data import DIR");
    assert!(error.advice.as_ref().unwrap().contains(&advice), "{error:?}");
    let gone = Server::start(Vec::new(), &[Answer::Status(404)]);
    let server = Server::start(place.archive.clone(), &[Answer::Properly]);
    assert!(place.fetch(&place.set(&[&nobody, &gone.address, &server.address])).unwrap());
}

#[test]
fn an_archive_of_unknown_size_and_hash_is_judged_by_what_is_in_it() {
    let place = Place::new();
    let archive = zip(&[("top/a.bin", &place.content)]);
    let server = Server::start(archive.clone(), &[Answer::Properly]);
    let wanted = || vec![file("deep/a.bin", &place.content)];
    let set_of = |files| set("a.zip", None, &[&server.address], files);
    // All of it is there already: the server says that there is no more.
    runner::atomic::write(&place.folder.path().join("cache/downloads/a.zip"), &archive).unwrap();
    assert!(place.fetch(&set_of(wanted())).unwrap());
    assert!(place.has_file());
    assert_eq!(server.asked(), [Some(archive.len())]);
    let error = place.fetch(&set_of(vec![file("b.bin", b"b")])).unwrap_err();
    assert!(error.to_string().contains("no b.bin in it"), "{error:?}");
    assert!(!place.folder.path().join("cache/downloads/a.zip").exists());
}

#[test]
fn a_wrong_file_is_replaced_only_by_the_right_one() {
    let place = Place::new();
    runner::atomic::write(&place.folder.path().join("data/deep/a.bin"), b"rotten").unwrap();
    let gone = Server::start(Vec::new(), &[Answer::Status(404)]);
    assert!(place.fetch(&place.set(&[&gone.address])).is_err());
    assert_eq!(fs::read(place.folder.path().join("data/deep/a.bin")).unwrap(), b"rotten");
    let server = Server::start(place.archive.clone(), &[Answer::Properly]);
    assert!(place.fetch(&place.set(&[&server.address])).unwrap());
    assert!(place.has_file());
}

#[test]
fn the_hash_is_the_standards() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sum(&b"abc"[..]).unwrap(), abc);
}
