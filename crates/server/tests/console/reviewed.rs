//! A form that shows its review first.

use axum::http::StatusCode;

use crate::browser::{Browser, Seen};

/// Looks at the review of a form and saves from there: gives back the review, and what the save was answered.
pub async fn reviewed(browser: &mut Browser, form: &str, fields: &[(&str, &str)]) -> (Seen, Seen) {
    let review = browser.send(form, fields).await;
    let Some(seen) = review.hidden("reviewed") else {
        panic!("{form}: {} {}", review.status, review.text);
    };
    let seen = seen.to_owned();
    let fields = fields.iter().copied().chain([("reviewed", &*seen)]);
    let done = browser.send(form, &fields.collect::<Vec<_>>()).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    (review, done)
}
