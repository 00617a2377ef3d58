//! A colour, and what can be read on it.

use std::fmt;

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour([u8; 3]);

/// How much lighter than the other one the lighter of two colours has to be so that text is read (WCAG 2.2, 1.4.3).
#[cfg(test)]
const READABLE: f64 = 4.5;

impl Colour {
    /// Of every account that said nothing.
    pub const DEFAULT: Self = Self([0x0d, 0x5f, 0x63]);
    const WHITE: Self = Self([0xff; 3]);
    const BLACK: Self = Self([0; 3]);

    /// Six digits after a "#". Nothing else is one: it stands in a stylesheet.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        let is_one = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_one)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// What is written on it: white or black, whichever is read better. One of the two always reaches 4.5 : 1, so there is no colour that has to be
    /// refused.
    pub fn text_on(self) -> Self {
        let (white, black) = (self.contrast(Self::WHITE), self.contrast(Self::BLACK));
        if white >= black {
            Self::WHITE
        } else {
            Self::BLACK
        }
    }

    /// By WCAG 2.2.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            match part <= 0.04045 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_readable_on_every_colour() {
        let parts = || (0..=255).step_by(5).map(|part: u16| part as u8);
        for red in parts() {
            for green in parts() {
                for blue in parts() {
                    let colour = Colour([red, green, blue]);
                    let contrast = colour.contrast(colour.text_on());
                    assert!(contrast >= READABLE, "{colour}: {contrast}");
                }
            }
        }
    }

    #[test]
    fn a_colour_is_six_digits_and_nothing_that_ends_a_rule() {
        assert_eq!(Colour::parse("#0D5f63"), Some(Colour::DEFAULT));
        assert_eq!(Colour::DEFAULT.to_string(), "#0d5f63");
        for none in [
            "",
            "#",
            "0d5f63",
            "#0d5f6",
            "#0d5f633",
            "#+d5f63",
            "red",
            "#0d5f63;}",
            "#0d5f6g",
        ] {
            assert_eq!(Colour::parse(none), None, "{none}");
        }
    }
}
