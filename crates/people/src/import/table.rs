//! Rows of comma-separated values. Separated by commas, semicolons or tabs: the header shows which.
//!
//! What is wrong with a row is that row's alone. A quote that is opened and not closed would swallow the rows after it, so a row
//! has a bound, and what follows a row that does not end is read as rows of its own.

use std::collections::{BTreeSet, VecDeque};

use super::ImportError;
use super::lines::{LONGEST_ROW, Line, Lines};
use super::mapping::Mapping;
use super::rejects;
use super::source::{HandOn, Row};
use web::page::typed;

/// Reads all rows; the answer names the columns that were passed over.
pub(super) fn read(
    lines: Lines,
    mapping: &Mapping,
    hand_on: &mut HandOn<'_>,
) -> Result<BTreeSet<String>, ImportError> {
    let mut records = Records::new(lines);
    let header = records.header()?;
    let (columns, ignored) = mapping.header(&header)?;
    let is_made_here = rejects::is_theirs(&header);
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|at| mapping.rank(&header[*at]));
    let mut cutter = Cutter::new(records.separator);
    while let Some(record) = records.next()? {
        let mut row = Row::at(record.number, records.lines.bytes());
        match record.fields(&mut cutter) {
            Ok(fields) if fields.iter().all(|field| field.trim().is_empty()) => continue,
            Ok(fields) if fields.len() != columns.len() => {
                let (has, wanted) = (fields.len(), columns.len());
                row.spoil(
                    format!("has {has} fields, and the header {wanted}"),
                    &record.text,
                );
            }
            Ok(fields) => {
                for at in &order {
                    if let Some(column) = columns[*at] {
                        let value = fields[*at];
                        row.put(column, if is_made_here { typed(value) } else { value });
                    }
                }
            }
            Err(flaw) => row.spoil(flaw, &record.text),
        }
        if !hand_on(row) {
            break;
        }
    }
    Ok(ignored)
}

/// The header, and the first rows that can be read.
pub(super) fn look(
    lines: Lines,
    most: usize,
) -> Result<(Vec<String>, Vec<Vec<String>>), ImportError> {
    let mut records = Records::new(lines);
    let header = records.header()?;
    let mut cutter = Cutter::new(records.separator);
    let mut rows = Vec::new();
    while rows.len() < most
        && let Some(record) = records.next()?
    {
        if let Ok(fields) = record.fields(&mut cutter)
            && fields.len() == header.len()
        {
            rows.push(fields.into_iter().map(str::to_owned).collect());
        }
    }
    Ok((header, rows))
}

/// One row as it stands in the file.
struct Record {
    number: u64,
    text: Vec<u8>,
    flaw: Option<String>,
}

impl Record {
    fn fields<'a>(&'a self, cutter: &'a mut Cutter) -> Result<Vec<&'a str>, String> {
        match &self.flaw {
            Some(flaw) => Err(flaw.clone()),
            None => cutter.cut(super::source::text(&self.text)?),
        }
    }
}

/// A file, row by row.
struct Records {
    lines: Lines,
    /// Lines that were read and are not part of the row before.
    ahead: VecDeque<Line>,
    separator: u8,
}

impl Records {
    fn new(lines: Lines) -> Records {
        Records {
            lines,
            ahead: VecDeque::new(),
            separator: b',',
        }
    }

    /// The names of the columns: the first line that is not empty.
    fn header(&mut self) -> Result<Vec<String>, ImportError> {
        while let Some(line) = self.line()? {
            if line.text.trim_ascii().is_empty() {
                continue;
            }
            self.separator = separator(&line.text);
            self.ahead.push_front(line);
            break;
        }
        let Some(record) = self.next()? else {
            return Err(ImportError::Form {
                line: 1,
                reason: "the file is empty: its first line has to name the columns".to_owned(),
            });
        };
        let mut cutter = Cutter::new(self.separator);
        let names = record
            .fields(&mut cutter)
            .map_err(|reason| ImportError::Form {
                line: record.number,
                reason,
            })?;
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    fn line(&mut self) -> Result<Option<Line>, ImportError> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(),
        }
    }

    /// The next row: a line, and those after it while a quote is open.
    fn next(&mut self) -> Result<Option<Record>, ImportError> {
        let Some(first) = self.line()? else {
            return Ok(None);
        };
        let mut record = Record {
            number: first.number,
            text: first.text,
            flaw: None,
        };
        if first.is_too_long {
            record.flaw = Some(too_long());
            return Ok(Some(record));
        }
        let mut quotes = Quotes::new(self.separator);
        quotes.follow(&record.text);
        let (first_end, mut taken) = (record.text.len(), VecDeque::new());
        while quotes.is_open {
            let next = self.line()?;
            let fits = next.as_ref().is_some_and(|line| {
                !line.is_too_long && record.text.len() + line.text.len() <= LONGEST_ROW
            });
            match next {
                Some(line) if fits => {
                    record.text.extend(&line.text);
                    quotes.follow(&line.text);
                    taken.push_back(line);
                }
                next => {
                    taken.extend(next);
                    taken.append(&mut self.ahead);
                    self.ahead = taken;
                    record.text.truncate(first_end);
                    record.flaw = Some(
                        "a quote is opened and not closed: close it, or write a quote that belongs to the value twice"
                            .to_owned(),
                    );
                    break;
                }
            }
        }
        Ok(Some(record))
    }
}

pub(super) fn too_long() -> String {
    format!("is longer than {LONGEST_ROW} bytes")
}

/// The separator that a header has most often outside of quotes.
fn separator(header: &[u8]) -> u8 {
    let count = |separator: u8| {
        let mut is_quoted = false;
        let bytes = header.iter().filter(|byte| {
            is_quoted ^= **byte == b'"';
            !is_quoted && **byte == separator
        });
        bytes.count()
    };
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|separator| count(*separator))
        .unwrap_or(b',')
}

/// Follows quotes as the cutter does: one that begins a field opens it; twice inside, it belongs to the value.
struct Quotes {
    separator: u8,
    is_open: bool,
    /// Nothing of the field was read yet.
    is_start: bool,
    /// The byte before was a quote inside of quotes: the end of the field, or half of one that belongs to the value.
    is_half: bool,
}

impl Quotes {
    fn new(separator: u8) -> Quotes {
        Quotes {
            separator,
            is_open: false,
            is_start: true,
            is_half: false,
        }
    }

    fn follow(&mut self, text: &[u8]) {
        if !self.is_open && !text.contains(&b'"') {
            return;
        }
        for byte in text {
            let is_quote = *byte == b'"';
            if self.is_open {
                (self.is_open, self.is_half) = (!is_quote, is_quote);
            } else {
                self.is_open = is_quote && (self.is_start || self.is_half);
                self.is_half = false;
            }
            self.is_start = !self.is_open
                && !self.is_half
                && (*byte == self.separator || *byte == b'\n' || *byte == b'\r');
        }
    }
}

/// Cuts a row into its fields.
struct Cutter {
    reader: csv_core::Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

impl Cutter {
    fn new(separator: u8) -> Cutter {
        Cutter {
            reader: csv_core::ReaderBuilder::new().delimiter(separator).build(),
            fields: Vec::new(),
            ends: Vec::new(),
        }
    }

    fn cut(&mut self, row: &str) -> Result<Vec<&str>, String> {
        let row = row.strip_suffix('\n').unwrap_or(row);
        let mut rest = row.strip_suffix('\r').unwrap_or(row).as_bytes();
        // No field is longer than the row, and no row has more fields than bytes and one.
        self.fields.resize(rest.len() + 1, 0);
        self.ends.resize(rest.len() + 2, 0);
        self.reader.reset();
        let (mut written, mut count) = (0, 0);
        loop {
            let (result, read, wrote, ended) =
                self.reader
                    .read_record(rest, &mut self.fields[written..], &mut self.ends[count..]);
            rest = &rest[read..];
            written += wrote;
            count += ended;
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => break,
                csv_core::ReadRecordResult::OutputFull
                | csv_core::ReadRecordResult::OutputEndsFull => return Err(too_long()),
            }
        }
        if !rest.is_empty() {
            return Err(
                "a carriage return stands in the middle: save the file with the line ends of Windows or Unix"
                    .to_owned(),
            );
        }
        let fields = str::from_utf8(&self.fields[..written]).map_err(|error| error.to_string())?;
        let ends = &self.ends[..count];
        let starts = std::iter::once(0).chain(ends.iter().copied());
        Ok(starts
            .zip(ends)
            .map(|(start, end)| &fields[start..*end])
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values with everything in them that has a meaning in such a file.
    fn value(dice: &mut u64) -> String {
        const LETTERS: [char; 8] = ['a', 'é', ' ', '"', ',', ';', '\n', '\r'];
        let mut next = |below: u64| {
            *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from((*dice >> 33) % below).unwrap()
        };
        (0..next(6)).map(|_| LETTERS[next(8)]).collect()
    }

    #[test]
    fn what_another_program_writes_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let mut dice = 1;
        for separator in [b',', b';', b'\t'] {
            let table: Vec<[String; 3]> = (0..500)
                .map(|_| std::array::from_fn(|_| value(&mut dice)))
                .collect();
            let mut writer = csv::WriterBuilder::new()
                .delimiter(separator)
                .from_path(&path)
                .unwrap();
            writer.write_record(["a", "b", "c"]).unwrap();
            table
                .iter()
                .for_each(|row| writer.write_record(row).unwrap());
            writer.flush().unwrap();
            let mut records =
                Records::new(Lines::of(std::fs::File::open(&path).unwrap(), &path, None));
            assert_eq!(records.header().unwrap(), ["a", "b", "c"]);
            let mut cutter = Cutter::new(records.separator);
            for row in table {
                let record = records.next().unwrap().unwrap();
                assert_eq!(record.fields(&mut cutter).unwrap(), row);
            }
            assert!(records.next().unwrap().is_none());
        }
    }
}
