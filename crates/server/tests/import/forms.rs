//! Files as other tools write them. What is wrong with one row is that row's alone.

use std::path::PathBuf;

use ledger::Field;
use people::import::{Import, Mapping, Report};
use testkit::databases::{TestDatabase, on_sqlite};

use crate::desk::{Desk, desk, told};

/// One test after the other on a SQLite file: nothing here is the database's.
macro_rules! on_a_desk {
    ($($(#[$doc:meta])* $test:ident ($desk:ident) $body:block)+) => {$(
        $(#[$doc])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            on_sqlite(|db: TestDatabase| async {
                let $desk = desk(db).await;
                $body
            })
            .await;
        }
    )+};
}

fn bytes(desk: &Desk, name: &str, bytes: &[u8]) -> PathBuf {
    let path = desk.file(name, "");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn reasons(report: &Report) -> Vec<String> {
    let mut reader = csv::Reader::from_path(report.rejects.as_ref().unwrap()).unwrap();
    let rows = reader.records().map(|row| row.unwrap()[2].to_owned());
    rows.collect()
}

async fn name(desk: &Desk, email: &str) -> Option<String> {
    desk.value(email, Field::Name).await
}

async fn refused(desk: &Desk, text: &str, change: impl FnOnce(&mut Import)) -> String {
    let file = desk.file("people.csv", text);
    let error = desk.import_as(desk.owner, file, change).await.unwrap_err();
    error.to_string()
}

on_a_desk! {
    semicolons_and_tabs_separate_as_commas_do(desk) {
        desk.rows("email;name;services\nann@orchard.example;Ann Lee;\"Payroll:portal; Payroll\"\n").await;
        desk.rows("email\tname\ncy@orchard.example\tCy, Noor\n").await;
        assert_eq!(name(&desk, "ann@orchard.example").await.as_deref(), Some("Ann Lee"));
        assert_eq!(name(&desk, "cy@orchard.example").await.as_deref(), Some("Cy, Noor"));
    }

    a_mark_before_the_header_is_no_part_of_it(desk) {
        let report = desk.rows("\u{feff}\"email\",name\nann@orchard.example,Ann Lee\n").await;
        assert_eq!((report.rows, report.added), (1, 1));
        let file = desk.file("people.jsonl", "\u{feff}{\"email\": \"cy@orchard.example\"}\n");
        assert_eq!(desk.import(file, |_| {}).await.added, 1);
    }

    utf_16_is_known_by_its_mark(desk) {
        let text = "\u{feff}email\tname\r\nzoe@orchard.example\tZoë Ångström\r\n";
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let report = desk.import(bytes(&desk, "people.txt", &utf_16), |_| {}).await;
        assert_eq!(report.added, 1);
        assert_eq!(name(&desk, "zoe@orchard.example").await.as_deref(), Some("Zoë Ångström"));
    }

    another_encoding_is_named_and_never_guessed(desk) {
        let file = bytes(&desk, "people.csv", b"email,name\nzoe@orchard.example,Zo\xeb\nann@orchard.example,Ann\n");
        let report = desk.import(file.clone(), |_| {}).await;
        assert_eq!((report.added, report.rejected), (1, 1), "{report:?}");
        assert!(reasons(&report)[0].contains("--encoding windows-1252"));
        let report = desk
            .import(file, |import| import.encoding = Some(encoding_rs::WINDOWS_1252))
            .await;
        assert_eq!((report.added, report.unchanged, report.rejected), (1, 1, 0));
        assert_eq!(name(&desk, "zoe@orchard.example").await.as_deref(), Some("Zoë"));
    }

    rows_without_any_value_are_no_rows(desk) {
        let text = "\n\nemail,name,\nann@orchard.example,Ann Lee,\n\n , ,\n,,\r\ncy@orchard.example,,\n\n";
        let report = desk.rows(text).await;
        assert_eq!((report.rows, report.added, report.rejected), (2, 2, 0));
    }

    a_header_alone_is_an_import_of_nobody_and_an_empty_file_is_a_mistake(desk) {
        assert_eq!(desk.rows("email,name\n").await, Report::default());
        for text in ["", "\n\n"] {
            let error = refused(&desk, text, |_| {}).await;
            assert!(error.contains("the file is empty"), "{error}");
        }
    }

    a_header_that_does_not_fit_ends_the_import_and_says_what_to_do(desk) {
        for (text, map, says) in [
            ("name\nAnn\n", "", "--map email=Mail"),
            ("Mail,name\nann@orchard.example,Ann\n", "", "--map email=Mail"),
            ("email,email\na@b.example,a@b.example\n", "", "stands twice"),
            ("email,E-Mail\na@b.example,a@b.example\n", "", "stands twice"),
            ("email,name\nann@orchard.example,Ann\n", "phone=Tel", "tel"),
        ] {
            let error = refused(&desk, text, |import| {
                import.mapping = Mapping::parse(Some(map).filter(|map| !map.is_empty())).unwrap();
            })
            .await;
            assert!(error.contains(says), "{error}");
        }
        for bad in ["email", "mail=Mail"] {
            assert!(Mapping::parse([bad]).is_err());
        }
        assert!(Mapping::parse(["email=Mail", "email=Private mail"]).is_err());
    }

    columns_of_another_tool_are_mapped_or_passed_over(desk) {
        let text = "ID,Last name,First name,E-Mail,name,Notes\n\
            17,Lee,Ann,ann@orchard.example,alee,\"likes\ncommas, and lines\"\n\
            18,Noor,,cy@orchard.example,cnoor,\n";
        let report = desk
            .import(desk.file("people.csv", text), |import| {
                import.mapping =
                    Mapping::parse(["external_id=ID", "name=First name", "name=Last name"]).unwrap();
                import.mapping.ignore_others = true;
            })
            .await;
        assert_eq!((report.added, report.rejected), (2, 0));
        assert_eq!(report.ignored_columns, ["Notes", "name"]);
        assert_eq!(name(&desk, "ann@orchard.example").await.as_deref(), Some("Ann Lee"));
        assert_eq!(name(&desk, "cy@orchard.example").await.as_deref(), Some("Noor"));
        let id = desk.value("ann@orchard.example", Field::ExternalId).await;
        assert_eq!(id.as_deref(), Some("17"));
    }

    a_row_of_another_length_is_rejected_and_those_around_it_are_applied(desk) {
        let text = "email,name\nann@orchard.example,Lee, Ann\nbo@orchard.example,\"Berg, Bo\"\ncy@orchard.example\ndee@orchard.example,Dee\n";
        let report = desk.rows(text).await;
        assert_eq!((report.rows, report.added, report.rejected), (4, 2, 2));
        assert_eq!(told(&report), ["2", "4"]);
        assert_eq!(reasons(&report)[0], "has 3 fields, and the header 2");
        let rejects = std::fs::read_to_string(report.rejects.unwrap()).unwrap();
        assert!(rejects.contains("\"ann@orchard.example,Lee, Ann\""), "the row as it stood: {rejects}");
        assert_eq!(name(&desk, "bo@orchard.example").await.as_deref(), Some("Berg, Bo"));
    }

    quotes_hold_separators_lines_and_quotes(desk) {
        let text = "email,title,name\nann@orchard.example,\"Head of \"\"IT\"\", EMEA\",\"Ann\nLee\"\n\
            bo@orchard.example,5\" display,Bo\ncy@orchard.example,,Cy\n";
        let report = desk.rows(text).await;
        // A name stands on one line; that its row has two is no error.
        assert_eq!(told(&report), ["2 name"]);
        assert_eq!(report.added, 2);
        let title = desk.value("bo@orchard.example", Field::Title).await;
        assert_eq!(title.as_deref(), Some("5\" display"));
    }

    a_quote_that_is_never_closed_swallows_nobody(desk) {
        let text = "email,name\nann@orchard.example,\"Ann\nbo@orchard.example,Bo\ncy@orchard.example,Cy\n";
        let report = desk.rows(text).await;
        assert_eq!((report.added, report.rejected), (2, 1));
        assert_eq!(told(&report), ["2"]);
    }

    a_row_has_a_bound_and_those_after_it_are_read(desk) {
        let long = "x".repeat(200_000);
        let text = format!("email,name\nann@orchard.example,{long}\nbo@orchard.example,Bo\n");
        let report = desk.rows(&text).await;
        assert_eq!((report.added, told(&report)), (1, vec!["2".to_owned()]));
        let text = format!("{{\"email\": \"cy@orchard.example\", \"name\": \"{long}\"}}\n{{\"email\": \"dee@orchard.example\"}}\n");
        let report = desk.import(desk.file("people.jsonl", &text), |_| {}).await;
        assert_eq!((report.added, told(&report)), (1, vec!["1".to_owned()]));
    }

    lines_that_end_with_a_carriage_return_alone_are_told_of(desk) {
        let error = refused(&desk, "email,name\rann@orchard.example,Ann\r", |_| {}).await;
        assert!(error.contains("line ends"), "{error}");
    }

    a_line_that_is_no_json_is_rejected_and_those_around_it_are_applied(desk) {
        let text = "{\"email\": \"ann@orchard.example\", \"external_id\": 17}\n\
            {\"email\": \"bo@orchard.example\",\n\
            [\"cy@orchard.example\"]\n\
            {\"email\": \"dee@orchard.example\", \"shoe size\": 39}\n\
            {\"email\": \"eve@orchard.example\", \"groups\": {\"a\": 1}}\n\
            {\"email\": \"flo@orchard.example\", \"E-mail\": \"fay@orchard.example\"}\n\
            {\"email\": \"gil@orchard.example\"}\n";
        let report = desk.import(desk.file("people.jsonl", text), |_| {}).await;
        assert_eq!((report.rows, report.added), (7, 2));
        assert_eq!(told(&report), ["2", "3", "4", "5 groups", "6 email"]);
        let id = desk.value("ann@orchard.example", Field::ExternalId).await;
        assert_eq!(id.as_deref(), Some("17"));
    }

    values_obey_the_rules_that_they_have_over_rest(desk) {
        let name = "n".repeat(201);
        let title = "t".repeat(321);
        let text = format!(
            "email,name,phone,title,external_id,language,company\n\
            a@orchard.example,{name},,,,,\n\
            b@orchard.example,,\"1\u{0}2\",,,,\n\
            c@orchard.example,,,{title},,,\n\
            d@orchard.example,,,,\"a\tb\",,\n\
            e@orchard.example,,,,,\u{7},\n\
            f@orchard.example,,,,,,{name}\n\
            g@orchard.example,{},+31 10 555,Nurse,17,nl,\n",
            "n".repeat(200),
        );
        let report = desk
            .import(desk.file("people.csv", &text), |import| import.create_missing = true)
            .await;
        assert_eq!(
            told(&report),
            ["2 name", "3 phone", "4 title", "5 external_id", "6 language", "7 company"]
        );
        assert_eq!((report.added, report.created), (1, 0));
    }

    how_far_it_is_is_told_in_rows_and_bytes(desk) {
        let mut text = "email\n".to_owned();
        for person in 0..10_000 {
            text.push_str(&format!("p{person}@orchard.example\n"));
        }
        let file = desk.file("people.csv", &text);
        let import = Import {
            file: people::import::Source::File(file),
            dry_run: true,
            ..Import::default()
        };
        let reached = std::sync::Mutex::new(Vec::new());
        let report = people::import::run(&desk.account, desk.owner, &import, &|step| {
            reached.lock().unwrap().push((step.rows, step.bytes))
        })
        .await
        .unwrap();
        assert_eq!(report.added, 10_000);
        let reached = reached.into_inner().unwrap();
        assert!(reached.is_sorted() && reached.len() > 1, "{reached:?}");
        assert_eq!(reached.last(), Some(&(10_000, text.len() as u64)));
    }
}
