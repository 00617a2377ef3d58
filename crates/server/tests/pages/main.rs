//! Every page at a browser that runs no script. One binary, because all of them share one browser and one house.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod browser;
mod console;
mod contact_centre;
mod filled;
mod getting_in;
mod service_desk;
