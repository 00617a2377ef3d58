//! The bytes of a mail, up to the line that ends it.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};

/// How a mail ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Data {
    /// Here it is.
    Whole(Vec<u8>),
    /// It was larger than it may be; it was heard to its end, and not kept.
    TooLarge,
    /// The other side went away in the middle.
    Broken,
}

/// Where in a line the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// At its beginning.
    Begin,
    /// Within it.
    Within,
    /// After a carriage return.
    Return,
    /// After a point at the beginning, which is not kept.
    Point,
    /// After that, and a carriage return.
    PointReturn,
}

/// Reads a mail. Only CR LF "." CR LF ends it, as RFC 5321 has it: whoever lets other line breaks do lets a mail hold a second one, in the name
/// of somebody else.
pub(super) async fn read<R: AsyncBufRead + Unpin>(from: &mut R, most: usize) -> io::Result<Data> {
    let (mut mail, mut at, mut is_too_large) = (Vec::new(), At::Begin, false);
    loop {
        let bytes = from.fill_buf().await?;
        if bytes.is_empty() {
            return Ok(Data::Broken);
        }
        let (mut used, mut is_over) = (0, false);
        for byte in bytes {
            used += 1;
            let (next, kept): (At, &[u8]) = match (at, byte) {
                (At::Begin, b'.') => (At::Point, b""),
                (At::Point, b'\r') => (At::PointReturn, b""),
                (At::PointReturn, b'\n') => {
                    is_over = true;
                    break;
                }
                // A point that was doubled, or one that should have been: the first is gone.
                (At::PointReturn, b'\r') => (At::Return, b"\r"),
                (At::PointReturn, _) => (At::Within, b"\r"),
                (At::Return, b'\n') => (At::Begin, b""),
                (_, b'\r') => (At::Return, b""),
                _ => (At::Within, b""),
            };
            // What was held back, and then the byte itself.
            if mail.len() + 2 > most {
                is_too_large = true;
                mail = Vec::new();
            }
            if !is_too_large {
                mail.extend_from_slice(kept);
                if !matches!(next, At::Point | At::PointReturn) {
                    mail.push(*byte);
                }
            }
            at = next;
        }
        from.consume(used);
        if is_over {
            return Ok(if is_too_large {
                Data::TooLarge
            } else {
                Data::Whole(mail)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::io::BufReader;

    use super::*;

    const MOST: usize = 1_000;

    /// What was read, and what is left to read, however the bytes come in.
    async fn heard(bytes: &[u8], at_once: usize) -> (Data, Vec<u8>) {
        let mut from = BufReader::with_capacity(at_once, bytes);
        let data = read(&mut from, MOST).await.unwrap();
        let mut rest = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut from, &mut rest)
            .await
            .unwrap();
        (data, rest)
    }

    #[tokio::test]
    async fn a_mail_ends_at_its_point_and_nowhere_else() {
        for (sent, wanted) in [
            ("a\r\n.\r\nQUIT\r\n", "a\r\n"),
            (".\r\nQUIT\r\n", ""),
            ("..\r\n.\r\nQUIT\r\n", ".\r\n"),
            ("..a\r\n.b\r\n.\r\nQUIT\r\n", ".a\r\nb\r\n"),
            // No other line break ends it: there the next mail would begin in somebody else's name.
            ("a\n.\nMAIL\r\n.\r\nQUIT\r\n", "a\n.\nMAIL\r\n"),
            ("a\n.\r\nMAIL\r\n.\r\nQUIT\r\n", "a\n.\r\nMAIL\r\n"),
            ("a\r\n.\nMAIL\r\n.\r\nQUIT\r\n", "a\r\n\nMAIL\r\n"),
            ("a\r\n.\rMAIL\r\n.\r\nQUIT\r\n", "a\r\n\rMAIL\r\n"),
            ("a\r.\rMAIL\r\n.\r\nQUIT\r\n", "a\r.\rMAIL\r\n"),
            ("a\r\n.\r\r\n.\r\nQUIT\r\n", "a\r\n\r\r\n"),
        ] {
            for at_once in [1, 2, 3, 64] {
                let (data, rest) = heard(sent.as_bytes(), at_once).await;
                assert_eq!(
                    data,
                    Data::Whole(wanted.as_bytes().to_vec()),
                    "{sent:?} {at_once}"
                );
                assert_eq!(rest, b"QUIT\r\n", "{sent:?} {at_once}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_too_large_is_heard_to_its_end() {
        let sent = format!("{}\r\n.\r\nQUIT\r\n", "a".repeat(MOST));
        let (data, rest) = heard(sent.as_bytes(), 64).await;
        assert_eq!(
            (data, rest.as_slice()),
            (Data::TooLarge, b"QUIT\r\n".as_slice())
        );
        let (data, _) = heard(b"a\r\n.\r", 64).await;
        assert_eq!(data, Data::Broken);
    }

    proptest! {
        #[test]
        fn what_is_sent_as_it_should_be_arrives_as_it_was(lines in proptest::collection::vec("[.a\r]{0,4}", 0..20)) {
            let mail: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let doubled: String = lines
                .iter()
                .map(|line| if line.starts_with('.') { format!(".{line}\r\n") } else { format!("{line}\r\n") })
                .collect();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let sent = format!("{doubled}.\r\n");
            let (data, rest) = runtime.block_on(heard(sent.as_bytes(), 3));
            prop_assert_eq!(data, Data::Whole(mail.into_bytes()));
            prop_assert!(rest.is_empty());
        }
    }
}
