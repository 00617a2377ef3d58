//! Files of records: always downloaded, never believed, bounded, and gone with the record and with whoever brought them (SD-26, SD-32).

use access::Command;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;

use super::bench::{ADA, Bench, NILS, PAGES, PORTAL, RECORDS, UNA, ask, body_of, text_of};
use crate::browser::{Browser, Seen};

testkit::on_both![
    a_file_comes_back_to_the_byte_and_is_never_shown,
    what_a_file_is_its_content_says,
    sd_32_a_file_is_internal_unless_it_is_said,
    what_is_no_file_is_told_at_the_field,
    a_file_is_bounded_and_so_is_their_number,
    sd_4_a_file_is_taken_away_by_whoever_brought_it_or_an_administrator,
    sd_5_a_guessed_id_is_not_there,
    sd_26_own_uploads_go_with_the_person_and_others_stay,
    sd_26_a_name_in_a_name_of_a_file_is_blanked,
    files_go_with_the_record,
];

const MOST: usize = 25 * 1024 * 1024;

fn attachments_of(record: &str) -> String {
    format!("{RECORDS}/{record}/attachments")
}

/// A form with a file, as a page sends it.
pub async fn send(by: &mut Browser, path: &str, name: &str, text: &str, to: &str) -> Seen {
    by.look(match path.contains(PORTAL) {
        true => PORTAL,
        false => PAGES,
    })
    .await;
    let token = by.form_token.clone().unwrap_or_default();
    let field = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!(
        "{}{}--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: text/html\r\n\r\n{text}\r\n--x--\r\n",
        field("form_token", &token),
        field("to", to),
    );
    let accepts = match path.starts_with("/api/") {
        true => "application/json",
        false => "text/html",
    };
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("accept", accepts),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    by.ask(Method::POST, path, &headers, Some(body)).await
}

/// Attaches a file by a program, and tells its id.
pub async fn attach(by: &mut Browser, record: &str, name: &str, text: &str) -> String {
    let done = send(by, &attachments_of(record), name, text, "").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    text_of(&done, "id")
}

async fn attachments(by: &mut Browser, record: &str) -> Vec<Value> {
    let found = body_of(&by.look(&attachments_of(record)).await);
    found["items"].as_array().unwrap().clone()
}

fn header<'s>(seen: &'s Seen, name: &str) -> &'s str {
    seen.headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

async fn pieces(bench: &Bench) -> [i64; 2] {
    let house = &bench.desk.house;
    [
        house.rows("service_desk_attachments").await,
        house.rows("service_desk_attachment_pieces").await,
    ]
}

async fn a_file_comes_back_to_the_byte_and_is_never_shown(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let page = format!("{PAGES}/{record}");
    // Three pieces, and none of them whole but two.
    let text: String = (0..70_000).map(|line| format!("{line:07}\r\n")).collect();
    let (path, name) = (format!("{page}/attachments"), "C:\\x\\Größe \"1\".txt");
    let done = send(
        &mut una,
        &path,
        &name.replace('"', "%22"),
        &text,
        "internal",
    )
    .await;
    assert_eq!(done.leads_to(), page, "{}", done.text);
    let one = attachments(&mut una, &record).await.remove(0);
    assert_eq!(one["size"], json!(text.len()));
    assert_eq!(pieces(&bench).await, [1, 3]);
    let seen = una.look(&page).await;
    for words in ["Größe", "615 KB", "internal", "Attached a file"] {
        assert!(seen.main().contains(words), "{words}: {}", seen.main());
    }
    let id = one["id"].as_str().unwrap();
    for path in [
        format!("{path}/{id}"),
        format!("{}/{id}", attachments_of(&record)),
    ] {
        let file = una.look(&path).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.text == text, "not to the byte");
        assert_eq!(header(&file, "content-length"), text.len().to_string());
        assert_eq!(header(&file, "content-type"), "text/plain; charset=utf-8");
        assert_eq!(header(&file, "x-content-type-options"), "nosniff");
        assert!(header(&file, "content-security-policy").contains("sandbox"));
        assert_eq!(header(&file, "cache-control"), "no-store");
        let disposition = header(&file, "content-disposition");
        assert!(
            disposition.starts_with("attachment; filename=\"Gr__e "),
            "{disposition}"
        );
        assert!(
            disposition.contains("filename*=UTF-8''Gr%C3%B6%C3%9Fe%20"),
            "{disposition}"
        );
    }
}

async fn what_a_file_is_its_content_says(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    for (name, text, media) in [
        (
            "a.png",
            "<script>alert(1)</script>",
            "text/plain; charset=utf-8",
        ),
        (
            "a.svg",
            "<svg onload=\"x()\"/>",
            "text/plain; charset=utf-8",
        ),
        ("a.txt", "%PDF-1.7\n", "application/pdf"),
        ("a.html", "GIF89a\u{1}\u{1}", "image/gif"),
        ("a.csv", "\u{0}\u{1}\u{2}", "application/octet-stream"),
    ] {
        let id = attach(&mut una, &record, name, text).await;
        let file = una.look(&format!("{}/{id}", attachments_of(&record))).await;
        assert_eq!(header(&file, "content-type"), media, "{name}");
        let disposition = header(&file, "content-disposition");
        assert!(disposition.starts_with("attachment; "), "{disposition}");
    }
}

async fn sd_32_a_file_is_internal_unless_it_is_said(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let page = format!("{PAGES}/{record}/attachments");
    for (to, is_public) in [
        ("public", true),
        ("internal", false),
        ("x", false),
        ("", false),
    ] {
        send(&mut una, &page, "a.txt", "a", to).await;
        let one = attachments(&mut una, &record).await.remove(0);
        assert_eq!(one["is_public"], json!(is_public), "{to}");
        bench
            .desk
            .house
            .advance(std::time::Duration::from_secs(1))
            .await;
    }
    let path = format!("{}?public=true", attachments_of(&record));
    let done = send(&mut una, &path, "a.txt", "a", "").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let one = attachments(&mut una, &record).await.remove(0);
    assert_eq!(one["is_public"], json!(true));
    let seen = una.look(&format!("{PAGES}/{record}")).await;
    assert!(seen.main().contains("for the customer"));
    assert!(seen.main().contains("Attached a file for the customer"));
}

async fn what_is_no_file_is_told_at_the_field(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let before = bench.trace().await;
    let page = format!("{PAGES}/{record}/attachments");
    for (name, text, wrong) in [
        ("", "", "Choose a file first."),
        ("..", "a", "Choose a file first."),
        ("a.txt", "", "This file is empty."),
    ] {
        let again = send(&mut una, &page, name, text, "internal").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.main().contains(wrong), "{wrong}: {}", again.main());
        let refused = send(&mut una, &attachments_of(&record), name, text, "").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(text_of(&refused, "at"), "file");
    }
    // A form of another page's.
    let headers = [
        ("sec-fetch-site", "cross-site"),
        ("content-type", "multipart/form-data; boundary=x"),
    ];
    let body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\na\r\n--x--\r\n";
    for path in [&page, &attachments_of(&record)] {
        let seen = una.ask(Method::POST, path, &headers, Some(body.to_owned()));
        assert_ne!(seen.await.status, StatusCode::OK);
    }
    assert_eq!(bench.trace().await, before);
    assert_eq!(pieces(&bench).await, [0, 0]);
}

async fn a_file_is_bounded_and_so_is_their_number(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let page = format!("{PAGES}/{record}/attachments");
    let (most, more) = ("x".repeat(MOST), "x".repeat(MOST + 1));
    let again = send(&mut una, &page, "a.txt", &more, "internal").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.main().contains("A file has at most 25 MB."));
    assert_eq!(pieces(&bench).await, [0, 0]);
    let id = attach(&mut una, &record, "a.txt", &most).await;
    assert_eq!(pieces(&bench).await, [1, 100]);
    let file = una.look(&format!("{}/{id}", attachments_of(&record))).await;
    assert!(file.text == most, "not to the byte");
    for _ in 1..50 {
        attach(&mut una, &record, "a.txt", "a").await;
    }
    let refused = send(&mut una, &attachments_of(&record), "a.txt", "a", "").await;
    assert_eq!(text_of(&refused, "code"), "too_many_files");
    let again = send(&mut una, &page, "a.txt", "a", "internal").await;
    assert!(
        again
            .main()
            .contains("A record has 50 files of staff at most.")
    );
    assert_eq!(pieces(&bench).await, [50, 149]);
}

async fn sd_4_a_file_is_taken_away_by_whoever_brought_it_or_an_administrator(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let mut ada = bench.browser(ADA).await;
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let unas = attach(&mut una, &record, "una.txt", "una").await;
    let owners = [
        attach(&mut owner, &record, "a.txt", "a").await,
        attach(&mut owner, &record, "b.txt", "b").await,
    ];
    let before = bench.trace().await;
    let path = |id: &str| format!("{}/{id}", attachments_of(&record));
    let refused = ask(&mut una, Method::DELETE, &path(&owners[0]), None).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let page = format!("{PAGES}/{record}");
    let seen = una.look(&page).await;
    assert!(seen.main().contains(&format!("{unas}/remove")));
    assert!(!seen.main().contains(&format!("{}/remove", owners[0])));
    let of = format!("{page}/attachments/{}/remove", owners[0]);
    assert_eq!(una.send(&of, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(bench.trace().await, before);
    let of = format!("{page}/attachments/{unas}/remove");
    assert_eq!(una.send(&of, &[]).await.leads_to(), page);
    let gone = ask(&mut ada, Method::DELETE, &path(&owners[0]), None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    let left = attachments(&mut una, &record).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["id"], json!(owners[1]));
    assert_eq!(pieces(&bench).await, [1, 1]);
    let file = una.look(&path(&unas)).await;
    assert_eq!(file.status, StatusCode::NOT_FOUND);
    assert!(una.look(&page).await.main().contains("Took a file away"));
}

async fn sd_5_a_guessed_id_is_not_there(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut owner, mut nils) = (bench.owner().await, bench.browser(NILS).await);
    let mut una = bench.browser(UNA).await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let own = bench.incident(&mut nils, bench.network, json!({})).await;
    let id = attach(&mut owner, &record, "secret.txt", "secret").await;
    let none = format!("att_{}", "0".repeat(32));
    let before = (bench.trace().await, pieces(&bench).await);
    for path in [
        // What one may not know, and the same below a record that one sees.
        format!("{}/{id}", attachments_of(&record)),
        format!("{}/{id}", attachments_of(&own)),
        format!("{}/{none}", attachments_of(&own)),
        format!("{}/nonsense", attachments_of(&own)),
        format!("{PAGES}/{record}/attachments/{id}"),
        format!("{PAGES}/{own}/attachments/{id}"),
        attachments_of(&record),
    ] {
        let seen = nils.look(&path).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!seen.text.contains("secret"));
    }
    for record in [&record, &own] {
        let path = format!("{}/{id}", attachments_of(record));
        let seen = ask(&mut nils, Method::DELETE, &path, None).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
        let path = format!("{PAGES}/{record}/attachments/{id}/remove");
        assert_eq!(nils.send(&path, &[]).await.status, StatusCode::NOT_FOUND);
    }
    for path in [
        attachments_of(&record),
        format!("{PAGES}/{record}/attachments"),
    ] {
        let seen = send(&mut nils, &path, "a.txt", "a", "internal").await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    }
    assert_eq!((bench.trace().await, pieces(&bench).await), before);
    let file = una.look(&format!("{}/{id}", attachments_of(&record))).await;
    assert_eq!(file.text, "secret");
    // SD-33: with the record.
    let customer = json!({"customer": bench.id(bench.cara)});
    let of_acme = bench.incident(&mut owner, bench.payroll, customer).await;
    let id = attach(&mut owner, &of_acme, "acme.txt", "acme").await;
    bench.sees_companies(bench.una, &[], false).await;
    let path = format!("{}/{id}", attachments_of(&of_acme));
    assert_eq!(una.look(&path).await.status, StatusCode::NOT_FOUND);
}

async fn sd_26_own_uploads_go_with_the_person_and_others_stay(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let (mut una, mut owner) = (bench.browser(UNA).await, bench.owner().await);
    let record = bench.incident(&mut una, bench.payroll, json!({})).await;
    let unas = attach(&mut una, &record, "una.txt", "written by una").await;
    let owners = attach(&mut owner, &record, "owner.txt", "written by the owner").await;
    let person = bench.una;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    assert_eq!(pieces(&bench).await, [1, 1]);
    let path = |id: &str| format!("{}/{id}", attachments_of(&record));
    let file = owner.look(&path(&unas)).await;
    assert_eq!(file.status, StatusCode::NOT_FOUND);
    assert_eq!(
        owner.look(&path(&owners)).await.text,
        "written by the owner"
    );
    let seen = owner.look(&format!("{PAGES}/{record}")).await;
    assert!(!seen.main().contains("una.txt"), "{}", seen.main());
}

async fn sd_26_a_name_in_a_name_of_a_file_is_blanked(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    attach(&mut owner, &record, "Letter to Cara Customer.txt", "a").await;
    attach(&mut owner, &record, "cara@acme.example", "b").await;
    let person = bench.cara;
    bench.desk.by_owner(Command::ErasePerson { person }).await;
    let found = attachments(&mut owner, &record).await;
    let mut names: Vec<_> = found.iter().map(|one| one["name"].clone()).collect();
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, [json!("Letter to .txt"), json!("file")]);
    // What stands in a file is not rewritten, and its address holds no name.
    let id = found[0]["id"].as_str().unwrap();
    let file = owner
        .look(&format!("{}/{id}", attachments_of(&record)))
        .await;
    assert_eq!(file.status, StatusCode::OK);
}

async fn files_go_with_the_record(db: TestDatabase) {
    let bench = Bench::open(&db).await;
    let mut owner = bench.owner().await;
    let record = bench.incident(&mut owner, bench.payroll, json!({})).await;
    let other = bench.incident(&mut owner, bench.payroll, json!({})).await;
    attach(&mut owner, &record, "a.txt", "a").await;
    attach(&mut owner, &other, "b.txt", "b").await;
    let path = format!("{RECORDS}/{record}");
    let gone = ask(&mut owner, Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    assert_eq!(pieces(&bench).await, [1, 1]);
    assert_eq!(attachments(&mut owner, &other).await.len(), 1);
}
