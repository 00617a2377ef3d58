//! A logo that somebody brings: what it is, is read from what stands in it, never from its name or from what the browser says. Pictures that can
//! hold a script are none.

/// The largest logo, in bytes: it is loaded on a telephone.
pub(super) const BYTES_MAX: usize = 128 * 1024;

/// A picture that browsers show and never run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub media: &'static str,
    pub bytes: Vec<u8>,
}

impl Picture {
    /// `None`: it is neither PNG nor JPEG nor WebP.
    pub fn of(bytes: &[u8]) -> Option<Self> {
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
            return None;
        };
        (bytes.len() <= BYTES_MAX).then(|| Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_what_stands_in_it() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
        let jpeg = b"\xff\xd8\xff\xe0rest\xff\xd9";
        let webp = b"RIFF\x1a\0\0\0WEBPVP8L";
        for (bytes, media) in [
            (&png[..], "image/png"),
            (jpeg, "image/jpeg"),
            (webp, "image/webp"),
        ] {
            let picture = Picture::of(bytes).unwrap();
            assert_eq!(picture.media, media);
            assert_eq!(Picture::kept(media, bytes.to_vec()), Some(picture));
        }
    }

    #[test]
    fn what_can_hold_a_script_is_no_picture() {
        for none in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            b"<html>",
            b"GIF89a",
            b"\x89PNG",
            b"\xff\xd8\xff",
            b"RIFF\0\0\0\0WAVE",
        ] {
            assert_eq!(Picture::of(none), None, "{none:?}");
        }
        assert_eq!(Picture::kept("text/html", Vec::new()), None);
    }

    #[test]
    fn a_logo_has_a_bound() {
        let mut large = b"\xff\xd8\xff".to_vec();
        large.resize(BYTES_MAX, 0);
        large.extend(b"\xff\xd9");
        assert_eq!(Picture::of(&large), None);
    }
}
