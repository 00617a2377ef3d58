//! A logo that somebody brings: what it is, is read from what stands in it, never from its name or from what the browser says. Pictures that can
//! hold a script are none.

/// The largest logo, in bytes: it is loaded on a telephone.
pub(super) const BYTES_MAX: usize = 128 * 1024;
/// Its points in a line and in a column at most: few bytes can unfold to more than a telephone has room for.
const POINTS_MAX: u32 = 4_096;

/// A picture that browsers show and never run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub media: &'static str,
    pub bytes: Vec<u8>,
}

impl Picture {
    /// What is wrong with it, where it is none that is taken.
    pub fn of(bytes: &[u8]) -> Result<Self, &'static str> {
        let at = |place: usize, wanted: &[u8]| {
            bytes
                .get(place..)
                .is_some_and(|rest| rest.starts_with(wanted))
        };
        let media = if at(0, b"\x89PNG\r\n\x1a\n") && at(12, b"IHDR") {
            "image/png"
        } else if at(0, b"\xff\xd8\xff") && bytes.ends_with(b"\xff\xd9") {
            "image/jpeg"
        } else if at(0, b"RIFF") && at(8, b"WEBPVP8") {
            "image/webp"
        } else {
            return Err(NO_PICTURE);
        };
        if bytes.len() > BYTES_MAX {
            return Err(TOO_LARGE);
        }
        let (width, height) = points(media, bytes).ok_or(NO_PICTURE)?;
        if width > POINTS_MAX || height > POINTS_MAX {
            return Err(TOO_WIDE);
        }
        Ok(Self {
            media,
            bytes: bytes.to_vec(),
        })
    }

    /// One that was kept: its kind is one of ours.
    pub fn kept(media: &str, bytes: Vec<u8>) -> Option<Self> {
        let kinds = ["image/png", "image/jpeg", "image/webp"];
        let media = kinds.into_iter().find(|kind| *kind == media)?;
        Some(Self { media, bytes })
    }
}

/// What is wrong with a file.
pub(super) const TOO_LARGE: &str = "The picture is larger than 128 kB.";
const NO_PICTURE: &str = "This is not a picture of the kinds PNG, JPEG or WebP.";
const TOO_WIDE: &str =
    "The picture has more than 4096 points in a line or a column. Make it smaller.";

/// How many points it has in a line and in a column, by its head; `None`: that says nothing.
fn points(media: &str, bytes: &[u8]) -> Option<(u32, u32)> {
    let byte = |place: usize| bytes.get(place).copied().map(u32::from);
    let big = |place: usize, count: usize| {
        (place..place + count).try_fold(0, |all, place| Some(all << 8 | byte(place)?))
    };
    let little = |place: usize, count: usize| {
        (place..place + count)
            .rev()
            .try_fold(0, |all, place| Some(all << 8 | byte(place)?))
    };
    match media {
        "image/png" => Some((big(16, 4)?, big(20, 4)?)),
        "image/webp" => match bytes.get(12..16)? {
            // A frame of its own begins with three bytes of its kind and three that are always the same.
            b"VP8 " => Some((little(26, 2)? & 0x3fff, little(28, 2)? & 0x3fff)),
            b"VP8L" => {
                let packed = little(21, 4)?;
                Some(((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1))
            }
            b"VP8X" => Some((little(24, 3)? + 1, little(27, 3)? + 1)),
            _ => None,
        },
        _ => {
            // Segments one after another, each with its length, until the one of the frame.
            let mut at = 2;
            loop {
                let (begin, kind) = (byte(at)?, byte(at + 1)?);
                match kind {
                    _ if begin != 0xff => return None,
                    0xff => at += 1,
                    0xc0..=0xcf if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => {
                        return Some((big(at + 7, 2)?, big(at + 5, 2)?));
                    }
                    _ => at += 2 + usize::try_from(big(at + 2, 2)?).ok()?.max(2),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        [
            head,
            width.to_be_bytes().into(),
            height.to_be_bytes().into(),
        ]
        .concat()
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let first = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x0b\x08".to_vec();
        let points = [height.to_be_bytes(), width.to_be_bytes()].concat();
        [first, points, b"\x01\x01\x11\0\xff\xd9".to_vec()].concat()
    }

    /// The three kinds of WebP.
    fn webp(width: u32, height: u32) -> [Vec<u8>; 3] {
        let head = |kind: &[u8]| [b"RIFF\x1a\0\0\0WEBP", kind, b"\x10\0\0\0"].concat();
        let short = |points: u32| u16::try_from(points).unwrap().to_le_bytes();
        let packed = (width - 1) | (height - 1) << 14;
        let three = |points: u32| (points - 1).to_le_bytes()[..3].to_vec();
        let lossy = [&[0; 3], &b"\x9d\x01\x2a"[..], &short(width), &short(height)].concat();
        let lossless = [&[0x2f][..], &packed.to_le_bytes()].concat();
        let extended = [vec![0; 4], three(width), three(height)].concat();
        [
            [head(b"VP8 "), lossy].concat(),
            [head(b"VP8L"), lossless].concat(),
            [head(b"VP8X"), extended].concat(),
        ]
    }

    #[test]
    fn a_picture_is_known_by_what_stands_in_it() {
        let [lossy, lossless, extended] = webp(300, 200);
        for (bytes, media) in [
            (png(300, 200), "image/png"),
            (jpeg(300, 200), "image/jpeg"),
            (lossy, "image/webp"),
            (lossless, "image/webp"),
            (extended, "image/webp"),
        ] {
            let picture = Picture::of(&bytes).unwrap();
            assert_eq!(picture.media, media);
            assert_eq!(points(media, &bytes), Some((300, 200)), "{media}");
            assert_eq!(Picture::kept(media, bytes), Some(picture));
        }
    }

    #[test]
    fn what_unfolds_to_too_many_points_is_refused() {
        let [lossy, lossless, extended] = webp(4_097, 1);
        for bytes in [png(1, 4_097), jpeg(4_097, 1), lossy, lossless, extended] {
            assert_eq!(Picture::of(&bytes), Err(TOO_WIDE));
        }
        assert!(Picture::of(&png(4_096, 4_096)).is_ok());
        assert_eq!(Picture::of(&png(u32::MAX, 1)), Err(TOO_WIDE));
    }

    #[test]
    fn what_can_hold_a_script_is_no_picture() {
        for none in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            b"<html>",
            b"GIF89a",
            b"\x89PNG",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01",
            b"\xff\xd8\xff",
            b"\xff\xd8\xff\xe0rest\xff\xd9",
            b"RIFF\0\0\0\0WAVE",
            b"RIFF\x1a\0\0\0WEBPVP8L",
        ] {
            assert_eq!(Picture::of(none), Err(NO_PICTURE), "{none:?}");
        }
        assert_eq!(Picture::kept("text/html", Vec::new()), None);
    }

    #[test]
    fn a_logo_has_a_bound() {
        let mut large = png(1, 1);
        large.resize(BYTES_MAX + 1, 0);
        assert_eq!(Picture::of(&large), Err(TOO_LARGE));
    }
}
