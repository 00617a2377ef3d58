//! Stylesheet, icons and scripts: built into the binary, packed once, under names that change with what is in them, so that a browser
//! may keep them for ever.

use std::{io::Write, sync::LazyLock};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    about::{About, Good},
    call::Call,
    guard::{Public, Reason},
    part::{Part, Path},
    problem::{Problem, Result},
    reply::Reply,
    route::{Route, get},
};

/// Where the files are. They come from memory, and count against no limit: an office that signs in at nine loads them all at once.
pub(crate) const PATH: &str = "/assets/{file}";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

struct Asset {
    name: &'static str,
    media: &'static str,
    bytes: &'static [u8],
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! files {
    ($($name:literal $media:ident,)*) => {
        static FILES: &[Asset] = &[$(Asset {
            name: $name,
            media: $media,
            bytes: include_bytes!(concat!("../../assets/", $name)),
        }),*];
    };
}

files! {
    "rolecall.css" CSS,
    "icons.svg" SVG,
    "mark.svg" SVG,
    "draft.js" SCRIPT,
    "find.js" SCRIPT,
    "import.js" SCRIPT,
    "live.js" SCRIPT,
    "people-list.js" SCRIPT,
    "passkeys.js" SCRIPT,
    "scope.js" SCRIPT,
    "set-up.js" SCRIPT,
    "notes.js" SCRIPT,
    "tags.js" SCRIPT,
    "tree.js" SCRIPT,
}

/// A file, ready to be sent.
struct Packed {
    file: &'static Asset,
    /// The name with the beginning of the content's hash.
    address: String,
    hashed: String,
    etag: HeaderValue,
    gzip: Vec<u8>,
}

static PACKED: LazyLock<Vec<Packed>> = LazyLock::new(|| FILES.iter().map(pack).collect());

fn pack(file: &'static Asset) -> Packed {
    let hash = ledger::Hash::of(file.bytes).to_string();
    let hash = &hash[..16];
    let (stem, ending) = file.name.rsplit_once('.').unwrap_or((file.name, ""));
    let hashed = format!("{stem}-{hash}.{ending}");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let gzip = gzip.write_all(file.bytes).and_then(|()| gzip.finish());
    Packed {
        file,
        address: format!("/assets/{hashed}"),
        etag: HeaderValue::from_str(&format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("")),
        hashed,
        // Packing into memory does not fail; a file without it is sent as it is.
        gzip: gzip.unwrap_or_default(),
    }
}

/// The address of a file. A name that is not there is a slip of ours that a test finds.
pub fn asset(name: &str) -> &'static str {
    let found = PACKED.iter().find(|packed| packed.file.name == name);
    found.map_or("/assets/absent", |packed| packed.address.as_str())
}

/// Files that every page loads, signed in or not.
#[derive(Debug)]
pub struct TheSameForAll;

impl Reason for TheSameForAll {
    const WHY: &'static str = "stylesheet, icons and scripts are the same for everybody";
}

/// The route of the files.
pub(super) fn routes() -> Vec<Route> {
    vec![get(
        PATH,
        "assets.show",
        "A stylesheet, the icons, a script",
        show,
    )]
}

#[derive(Deserialize, IntoParams)]
struct Which {
    /// The name with its hash.
    file: String,
}

/// What the browser has already, and can unpack.
struct Conditions {
    has: Option<String>,
    unpacks: bool,
}

impl Part for Conditions {
    fn describe(_: &mut About) {}

    async fn take(call: &mut Call) -> Result<Self> {
        let accepts = call.header(header::ACCEPT_ENCODING.as_str());
        Ok(Self {
            has: call
                .header(header::IF_NONE_MATCH.as_str())
                .map(str::to_owned),
            unpacks: accepts.is_some_and(|accepts| {
                accepts
                    .split(',')
                    .any(|one| one.trim() == "gzip" || one.trim().starts_with("gzip;q=1"))
            }),
        })
    }
}

struct Sent {
    packed: &'static Packed,
    conditions: Conditions,
}

impl Reply for Sent {
    fn describe(about: &mut About) {
        about.page = true;
        about.good.push(Good {
            status: 200,
            description: "The file.",
            content: None,
        });
    }

    fn reply(self) -> Response {
        let (packed, conditions) = (self.packed, self.conditions);
        let known = conditions
            .has
            .is_some_and(|has| has.as_bytes() == packed.etag.as_bytes());
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else if conditions.unpacks && !packed.gzip.is_empty() {
            let encoding = [(header::CONTENT_ENCODING, "gzip")];
            (encoding, packed.gzip.as_slice()).into_response()
        } else {
            packed.file.bytes.into_response()
        };
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(packed.file.media),
        );
        headers.insert(header::ETAG, packed.etag.clone());
        headers.insert(header::CACHE_CONTROL, FOR_EVER);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if packed.file.media == "image/svg+xml" {
            // The mark chooses its colours by itself.
            let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

async fn show(
    _: Public<TheSameForAll>,
    Path(which): Path<Which>,
    conditions: Conditions,
) -> Result<Sent> {
    let packed = PACKED.iter().find(|packed| packed.hashed == which.file);
    Ok(Sent {
        packed: packed.ok_or_else(Problem::not_found)?,
        conditions,
    })
}
