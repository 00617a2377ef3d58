//! The table that is printed.

use std::fmt;

/// Rows: what, unit, and the figures of all runs.
#[derive(Debug, Default)]
pub struct Table(Vec<(String, &'static str, Vec<f64>)>);

impl Table {
    /// Adds a row.
    pub fn add(&mut self, what: impl Into<String>, unit: &'static str, figures: Vec<f64>) {
        let what = what.into();
        eprintln!("{what}: {} {unit}", Figure(median(&figures)));
        self.0.push((what, unit, figures));
    }
}

/// The middle of some figures.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| what | unit | minimum | median | maximum |\n|---|---|---:|---:|---:|"
        )?;
        for (what, unit, figures) in &self.0 {
            let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
            let most = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            writeln!(
                f,
                "| {what} | {unit} | {} | {} | {} |",
                Figure(least),
                Figure(median(figures)),
                Figure(most)
            )?;
        }
        Ok(())
    }
}

/// Three digits that count, and thousands apart.
struct Figure(f64);

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            value if value >= 1_000.0 => {
                let digits = format!("{value:.0}");
                let groups: Vec<&str> = digits
                    .as_bytes()
                    .rchunks(3)
                    .rev()
                    .filter_map(|group| std::str::from_utf8(group).ok())
                    .collect();
                f.write_str(&groups.join(","))
            }
            value if value >= 100.0 => write!(f, "{value:.0}"),
            value if value >= 10.0 => write!(f, "{value:.1}"),
            value => write!(f, "{value:.2}"),
        }
    }
}
