//! Lines of a text file, as UTF-8, each with a bound.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use encoding_rs::Encoding;
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::ImportError;

/// Longest line, and longest row, in bytes.
pub(super) const LONGEST_ROW: usize = 64 * 1024;

/// Bytes that are read at once.
const READ: usize = 64 * 1024;

/// One line, with the end that it has in the file.
pub(super) struct Line {
    pub number: u64,
    pub text: Vec<u8>,
    /// Then the text is its beginning.
    pub is_too_long: bool,
}

/// A file, line by line.
pub(super) struct Lines {
    path: PathBuf,
    reader: BufReader<DecodeReaderBytes<Counted, Vec<u8>>>,
    read: Rc<Cell<u64>>,
    number: u64,
}

impl Lines {
    /// A mark at the beginning of the file says which Unicode it is, and is no part of the first line; without a mark it is in
    /// `encoding`, and without that in UTF-8.
    pub fn of(
        file: impl Read + 'static,
        path: &Path,
        encoding: Option<&'static Encoding>,
    ) -> Lines {
        let read = Rc::new(Cell::new(0));
        let file = Counted {
            file: Box::new(file),
            read: Rc::clone(&read),
        };
        let decoded = DecodeReaderBytesBuilder::new()
            .encoding(encoding.filter(|encoding| *encoding != encoding_rs::UTF_8))
            .bom_override(true)
            .strip_bom(true)
            // Whoever reads the line says what is no UTF-8 in it.
            .utf8_passthru(true)
            .build(file);
        Lines {
            path: path.to_owned(),
            reader: BufReader::with_capacity(READ, decoded),
            read,
            number: 0,
        }
    }

    /// The next line.
    pub fn next(&mut self) -> Result<Option<Line>, ImportError> {
        self.read_line().map_err(|source| ImportError::Line {
            path: self.path.clone(),
            line: self.number + 1,
            source,
        })
    }

    fn read_line(&mut self) -> io::Result<Option<Line>> {
        let mut text = Vec::new();
        let bound = LONGEST_ROW as u64 + 1;
        let taken = (&mut self.reader)
            .take(bound)
            .read_until(b'\n', &mut text)?;
        if taken == 0 {
            return Ok(None);
        }
        self.number += 1;
        let is_too_long = text.len() > LONGEST_ROW;
        if is_too_long && text.last() != Some(&b'\n') {
            self.reader.skip_until(b'\n')?;
        }
        Ok(Some(Line {
            number: self.number,
            text,
            is_too_long,
        }))
    }

    /// How many bytes of the file were read for the lines so far.
    pub fn bytes(&self) -> u64 {
        self.read.get()
    }
}

/// Counts what is read from a file, before it is decoded.
struct Counted {
    file: Box<dyn Read>,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}
