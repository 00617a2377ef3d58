//! Names of people, companies and things that never existed.

use super::numbers::Numbers;

const FIRST: [&str; 64] = [
    "Ana",
    "Bo",
    "Cleo",
    "Dag",
    "Elif",
    "Femi",
    "Greta",
    "Hiro",
    "Ines",
    "Jonas",
    "Kofi",
    "Lena",
    "Mateo",
    "Noor",
    "Oskar",
    "Priya",
    "Quentin",
    "Rosa",
    "Selim",
    "Tove",
    "Uma",
    "Viktor",
    "Wanda",
    "Ximena",
    "Yusuf",
    "Zofia",
    "Aoife",
    "Bastian",
    "Chidi",
    "Dalia",
    "Emil",
    "Freja",
    "Giulia",
    "Hannes",
    "Ivana",
    "Jamal",
    "Katarzyna",
    "Liam",
    "Mira",
    "Nadia",
    "Olek",
    "Paula",
    "Rafael",
    "Sanna",
    "Tomás",
    "Ulrike",
    "Vera",
    "Wei",
    "Yara",
    "Zeno",
    "Anahí",
    "Björn",
    "Çelik",
    "Đặng",
    "Élodie",
    "Fionnuala",
    "Guðrún",
    "Håkan",
    "Ìyábọ̀",
    "Jörg",
    "Krzysztof",
    "Łucja",
    "María-José",
    "Siobhán",
];

const LAST: [&str; 64] = [
    "Lindqvist",
    "Achterberg",
    "Marsh",
    "Ruiz",
    "Yıldız",
    "Adeyemi",
    "Holm",
    "Tanaka",
    "Carvalho",
    "Weber",
    "Mensah",
    "Novak",
    "Silva",
    "Haddad",
    "Berg",
    "Iyer",
    "Leclerc",
    "Moreno",
    "Demir",
    "Dahl",
    "Rao",
    "Petrov",
    "Kowalska",
    "Vargas",
    "Khan",
    "Nowak",
    "Byrne",
    "Richter",
    "Okafor",
    "Farouk",
    "Jensen",
    "Nygaard",
    "Rossi",
    "Maier",
    "Horvat",
    "Osei",
    "Wójcik",
    "Murphy",
    "Popescu",
    "Aziz",
    "Zielinski",
    "Fischer",
    "Costa",
    "Virtanen",
    "García",
    "Braun",
    "Sato",
    "Chen",
    "Nasser",
    "Conti",
    "Quispe",
    "Sigurðsson",
    "Öztürk",
    "Nguyễn",
    "Dubois",
    "O’Sullivan",
    "Ásgeirsdóttir",
    "Ångström",
    "Adébáyọ̀",
    "Müller-Lüdenscheidt",
    "Wyszyński",
    "Fernández de la Vega",
    "van der Westhuizen",
    "Papadopoulos",
];

const TRADE: [&str; 24] = [
    "Bakery",
    "Logistics",
    "Dental",
    "Textiles",
    "Shipping",
    "Orchards",
    "Robotics",
    "Printing",
    "Law",
    "Clinics",
    "Insurance",
    "Schools",
    "Museums",
    "Breweries",
    "Solar",
    "Ceramics",
    "Couriers",
    "Timber",
    "Foods",
    "Airfreight",
    "Optics",
    "Archives",
    "Housing",
    "Theatres",
];

/// A full name.
pub fn person(numbers: &mut Numbers) -> String {
    format!("{} {}", numbers.pick(&FIRST), numbers.pick(&LAST))
}

/// The address of somebody at a domain: letters of the name that an address may hold, and a number that makes it the only one.
pub fn address(name: &str, number: u32, domain: &str) -> String {
    let local: String = name
        .chars()
        .map(|letter| {
            if letter == ' ' {
                '.'
            } else {
                letter.to_ascii_lowercase()
            }
        })
        .filter(|letter| letter.is_ascii_lowercase() || *letter == '.')
        .collect();
    format!("{}{number}@{domain}", local.trim_matches('.'))
}

/// The name of a client, and its domain.
pub fn company(number: u32) -> (String, String) {
    let trade = TRADE[number as usize % TRADE.len()];
    let town = [
        "Aldermoor",
        "Brackwell",
        "Corvane",
        "Dunmere",
        "Elmsford",
        "Farrow",
        "Glenhallow",
        "Harrowick",
    ];
    let town = town[number as usize / TRADE.len() % town.len()];
    let serial = number as usize / (TRADE.len() * 8);
    let name = if serial == 0 {
        format!("{town} {trade}")
    } else {
        format!("{town} {trade} {serial}")
    };
    let domain = format!("{}.example", name.to_ascii_lowercase().replace(' ', "-"));
    (name, domain)
}

/// The name of a service.
pub fn service(number: u32) -> String {
    const KNOWN: [&str; 12] = [
        "Payroll",
        "E-mail",
        "Network",
        "Workplace",
        "Telephony",
        "Backup",
        "Printing",
        "Identity",
        "ERP",
        "Web shop",
        "Data centre",
        "Security",
    ];
    match KNOWN.get(number as usize) {
        Some(name) => (*name).to_owned(),
        None => format!(
            "{} {}",
            KNOWN[number as usize % KNOWN.len()],
            number as usize / KNOWN.len() + 1
        ),
    }
}
