//! What the tests of this crate share: small data sets, archives, image stacks, and a server to fetch them from.

use std::io::{Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use tiff::encoder::{Compression, TiffEncoder, colortype};

use datasets::{Layout, OfficialFile};

use crate::catalogue::DataSet;
use crate::fetch::sum;

/// The official file whose bytes are this content.
pub fn file(path: &'static str, content: &[u8]) -> OfficialFile {
    let blake3 = Box::leak(blake3::hash(content).to_hex().to_string().into_boxed_str());
    OfficialFile { set: "small", path, bytes: content.len() as u64, layout: Layout::Bytes, blake3 }
}

/// A compressed tar archive of these members.
pub fn tar_gz(members: &[(&str, &[u8])]) -> Vec<u8> {
    let packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut builder = tar::Builder::new(packer);
    for (path, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// A zip archive of these members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in members {
        writer.start_file(*path, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A stack of images of 6 × 6 pixels.
pub fn stack(pages: &[[u8; 36]], compression: Compression) -> Vec<u8> {
    let mut content = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut content).unwrap().with_compression(compression);
    for page in pages {
        encoder.write_image::<colortype::Gray8>(6, 6, page).unwrap();
    }
    content.into_inner()
}

/// Three different pages.
pub fn pages() -> [[u8; 36]; 3] {
    std::array::from_fn(|page| std::array::from_fn(|pixel| (7 * page + pixel * pixel) as u8))
}

/// The official file that has those pages.
pub fn stack_file(path: &'static str) -> OfficialFile {
    let bytes = stack(&pages(), Compression::Uncompressed).len() as u64;
    let layout = Layout::Stack { pages: 3, side: 6 };
    OfficialFile { bytes, layout, ..file(path, pages().as_flattened()) }
}

/// A data set of these files in an archive of this name; size and hash are those of `archive`, if it is given.
pub fn set(name: &str, archive: Option<&[u8]>, addresses: &[&str], files: Vec<OfficialFile>) -> DataSet {
    let sum = |archive: &[u8]| format!("bytes = {}\nsha256 = \"{}\"", archive.len(), sum(archive).unwrap());
    let head = "title = \"\"\npage = \"\"\nlicence = \"\"\nterms = \"\"\ncitation = \"\"\nother_versions = [\"other.tar.gz\"]\n[archive]";
    let known = archive.map_or(String::new(), sum);
    let text = format!("{head}\nfile = \"{name}\"\naddresses = {addresses:?}\n{known}");
    DataSet { files, ..toml::from_str(&text).unwrap() }
}

/// How a server answers a request.
#[derive(Clone)]
pub enum Answer {
    /// Properly, also when a part is asked for.
    Properly,
    /// Properly, but the connection breaks after so many bytes.
    Cut(usize),
    /// With all of it, whatever part is asked for.
    Whole,
    /// With this status and nothing else.
    Status(u16),
}

/// A server that hands out one file, on this machine.
pub struct Server {
    /// Where it is.
    pub address: String,
    asked: Arc<Mutex<Vec<Option<usize>>>>,
}

impl Server {
    /// Answers the first request in the first way and so on, all further ones in the last way.
    pub fn start(content: Vec<u8>, answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/archive", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Option<usize>>>> = Arc::default();
        let (log, answers) = (Arc::clone(&asked), answers.to_vec());
        thread::spawn(move || {
            for (count, stream) in listener.incoming().enumerate() {
                let answer = &answers[count.min(answers.len() - 1)];
                let mut stream = stream.unwrap();
                let from = first_byte(&mut stream);
                log.lock().unwrap().push(from);
                // A client that has gone is not the server's concern.
                let _ = reply(&mut stream, &content, from, answer);
            }
        });
        Self { address, asked }
    }

    /// The first byte that each request asked for; nothing where it asked for all.
    pub fn asked(&self) -> Vec<Option<usize>> {
        self.asked.lock().unwrap().clone()
    }
}

fn first_byte(stream: &mut TcpStream) -> Option<usize> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let range = head.lines().find_map(|line| line.strip_prefix("range: bytes="));
    range.map(|range| range.strip_suffix('-').unwrap().parse().unwrap())
}

fn reply(
    stream: &mut TcpStream,
    content: &[u8],
    from: Option<usize>,
    answer: &Answer,
) -> std::io::Result<()> {
    let total = content.len();
    let from = if matches!(answer, Answer::Whole) { None } else { from };
    let (status, range, body) = match (answer, from) {
        (Answer::Status(status), _) => (*status, String::new(), &content[..0]),
        (_, None) => (200, String::new(), content),
        (_, Some(from)) if from < total => {
            (206, format!("Content-Range: bytes {from}-{}/{total}\r\n", total - 1), &content[from..])
        }
        (_, Some(_)) => (416, format!("Content-Range: bytes */{total}\r\n"), &content[..0]),
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} x\r\n{range}Content-Length: {length}\r\nConnection: close\r\n\r\n")?;
    let sent = if let Answer::Cut(after) = answer { length.min(*after) } else { length };
    stream.write_all(&body[..sent])
}
