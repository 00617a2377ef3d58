//! A QR code as the path of a drawing: no style, no script, no picture from elsewhere.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};
use web::{Problem, Result};

/// Modules around the code that a reader needs to find it.
const MARGIN: i32 = 4;

/// A code, to be drawn in a square of so many modules.
pub(crate) struct Drawing {
    /// Modules of a side, the margin included.
    pub side: i32,
    /// The dark ones.
    pub path: String,
}

pub(crate) fn draw(text: &str) -> Result<Drawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium);
    let code = code.map_err(|error| Problem::internal(error.to_string()))?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                // Writing into a string does not fail.
                let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
            }
        }
    }
    Ok(Drawing {
        side: code.size() + 2 * MARGIN,
        path,
    })
}
