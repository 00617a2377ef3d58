//! A look at a file before anything is done with it: its columns, what they may be, and some of its rows.

use encoding_rs::Encoding;

use super::ImportError;
use super::column::Column;
use super::mapping::folded;
use super::rejects;
use super::source::{Form, Held};
use super::{json_lines, table};

/// The most columns of a file that somebody can look at.
const COLUMNS: usize = 200;

/// What a file looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Its columns.
    pub columns: Vec<Seen>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// As the file names it.
    pub name: String,
    /// Which of ours it seems to be.
    pub guess: Option<Column>,
    /// Its first values.
    pub values: Vec<String>,
}

/// What a file without a mark of Unicode, and that is no UTF-8, was most likely written in: what spreadsheets write in Western Europe.
pub fn encoding_of(bytes: &[u8]) -> Option<&'static Encoding> {
    let is_unicode = Encoding::for_bom(bytes).is_some() || std::str::from_utf8(bytes).is_ok();
    (!is_unicode).then_some(encoding_rs::WINDOWS_1252)
}

/// Looks at the columns of a file and at its first rows.
pub fn look(held: &Held, rows: usize) -> Result<Look, ImportError> {
    let lines = held.lines(encoding_of(&held.bytes));
    let (names, rows) = match held.form {
        Form::Table => table::look(lines, rows)?,
        Form::JsonLines => json_lines::look(lines, rows)?,
    };
    let is_rejects = rejects::is_theirs(&names);
    let mut columns: Vec<Seen> = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        // Spreadsheets write columns without a name; and what a file of rows in error says of them is no value.
        if name.trim().is_empty() || (is_rejects && rejects::is_its_own(&name)) {
            continue;
        }
        if columns
            .iter()
            .any(|seen| folded(&seen.name) == folded(&name))
        {
            let reason = "stands twice in the header: give one of them another name".to_owned();
            return Err(ImportError::Header {
                column: name,
                reason,
            });
        }
        let values = rows.iter().filter_map(|row| row.get(at)).cloned().collect();
        columns.push(Seen {
            guess: guess(&name),
            name,
            values,
        });
    }
    if columns.len() > COLUMNS {
        return Err(ImportError::Form {
            line: 1,
            reason: format!("the file has more than {COLUMNS} columns"),
        });
    }
    if columns.is_empty() {
        return Err(ImportError::Form {
            line: 1,
            reason: "no column has a name: the first line has to name them".to_owned(),
        });
    }
    only_once(&mut columns);
    Ok(Look { columns })
}

/// One of ours that holds one value is guessed once: of the first that is called so.
fn only_once(columns: &mut [Seen]) {
    let mut taken = Vec::new();
    for seen in columns {
        let Some(column) = seen.guess else { continue };
        if column.joint().is_none() && taken.contains(&column) {
            seen.guess = None;
        }
        taken.push(column);
    }
}

fn guess(name: &str) -> Option<Column> {
    // As ours are written; those of lists, for one of them.
    let ours = Column::from_name(name).or_else(|| Column::from_name(&format!("{name}s")));
    if ours.is_some() {
        return ours;
    }
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    let word: String = letters.flat_map(char::to_lowercase).collect();
    Some(match word.as_str() {
        "mail" | "emailaddress" | "mailaddress" | "workemail" => Column::Email,
        "fullname" | "displayname" | "firstname" | "givenname" | "forename" | "lastname"
        | "surname" | "familyname" => Column::Name,
        "telephone" | "phonenumber" | "telephonenumber" | "mobile" | "mobilephone" => Column::Phone,
        "jobtitle" | "position" => Column::Title,
        "preferredlanguage" | "locale" => Column::Language,
        "employeenumber" | "employeeid" | "customernumber" => Column::ExternalId,
        "companyname" | "employer" => Column::Company,
        "team" | "teams" => Column::Groups,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look_at(text: &[u8], form: Form) -> Result<Look, ImportError> {
        look(&Held::new(text.into(), form), 2)
    }

    #[test]
    fn columns_are_guessed_by_what_they_are_called() {
        let text = b"E-Mail,First name,Family Name,Team,email address,User group,Shoe size,\na@b.example,Ann,Lee,x,c@d.example,y,38,\n";
        let look = look_at(text, Form::Table).unwrap();
        let guesses: Vec<_> = look.columns.iter().map(|seen| seen.guess).collect();
        let name = Some(Column::Name);
        // An address is one: the second is left to whoever looks.
        let wanted = [
            Some(Column::Email),
            name,
            name,
            Some(Column::Groups),
            None,
            Some(Column::UserGroups),
            None,
        ];
        assert_eq!(guesses, wanted);
        assert_eq!(look.columns[1].values, ["Ann"]);
    }

    #[test]
    fn what_spreadsheets_write_in_western_europe_is_read() {
        let text = b"email,name\na@b.example,J\xfcrgen\n";
        let look = look_at(text, Form::Table).unwrap();
        assert_eq!(look.columns[1].values, ["J\u{fc}rgen"]);
        assert_eq!(encoding_of("email\nJ\u{fc}rgen".as_bytes()), None);
        assert_eq!(encoding_of(b"\xff\xfee\0"), None);
    }

    #[test]
    fn the_columns_of_json_lines_are_those_of_all_their_objects() {
        let text = b"{\"email\":\"a@b.example\"}\nno object\n{\"groups\":[\"x\",\"y\"],\"email\":\"c@d.example\"}\n";
        let look = look_at(text, Form::JsonLines).unwrap();
        let names: Vec<_> = look.columns.iter().map(|seen| seen.name.as_str()).collect();
        assert_eq!(names, ["email", "groups"]);
        assert_eq!(look.columns[1].values, ["", "x;y"]);
    }

    #[test]
    fn what_cannot_be_chosen_among_is_refused() {
        let many: String = (0..=COLUMNS).map(|at| format!("c{at},")).collect();
        for text in ["a,A\n", ";;\n", "", many.as_str()] {
            assert!(look_at(text.as_bytes(), Form::Table).is_err(), "{text}");
        }
    }
}
