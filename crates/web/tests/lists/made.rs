//! Accounts with random facts, and with names and addresses of which several are alike.

use access::decide::{OnAccount, permissions::ConfigureDesk};
use access::{Actor, Command, CompanyId, Dense, Event, LicenceId, Permit, PersonId, PublicId};
use ledger::{Account, AccountId, Act, Engine, Here, LedgerError, Options, SubmitError, Tx, Wrote};
use testkit::random::{Dice, facts};

/// Facts that somebody reports.
struct Report(Vec<Event>);

impl Act for Report {
    type Needs = ConfigureDesk;
    const NEEDS: ConfigureDesk = ConfigureDesk;
    const NAME: &'static str = "report";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        _: &mut Tx,
        _: Permit<'_, ConfigureDesk>,
        _: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        Ok(self.0.into())
    }
}

/// An account with random facts; its people have one of few names and addresses, so that several have the same.
pub async fn account(engine: &Engine, seed: u64) -> (Account, Vec<(String, String)>) {
    let account = engine.create_account().await.unwrap();
    let first_user = PublicId::<PersonId>::new(engine.new_uuid());
    let licences = std::array::from_fn(|_| PublicId::<LicenceId>::new(engine.new_uuid()));
    let open = Command::OpenAccount {
        token: None,
        first_user,
        licences,
    };
    let submitted = account.submit(Actor::SetUp, open, Options::untold("tests"));
    submitted.await.unwrap();
    let owner = account.state().resolve(first_user).unwrap();
    let mut dice = Dice::new(seed);
    let events = facts::account(&mut dice);
    let act = account.act(
        Actor::Person(owner),
        Report(events),
        Options::untold("tests"),
    );
    act.await.unwrap();
    let state = account.state();
    let mut tx = engine.database().begin().await.unwrap();
    let mut keys = Vec::new();
    for person in state.people().ids() {
        let name = ["ann lee", "bo", ""][dice.below(3)].to_owned();
        let address = format!("{}.{}@example.org", dice.below(4), person.number());
        let row =
            "UPDATE person_row SET name = $3, address = $4 WHERE account = $1 AND person = $2";
        let values = [
            account.id().0.into(),
            person.number().into(),
            name.as_str().into(),
            address.as_str().into(),
        ];
        tx.execute(row, values).await.unwrap();
        let number = person.number();
        let words = [
            (0, name.as_str()),
            (1, name.split_once(' ').map_or("", |(_, rest)| rest)),
        ];
        for (field, word) in words.into_iter().filter(|(_, word)| !word.is_empty()) {
            let row = "INSERT INTO search_keys (account, kind, field, word, entity) VALUES ($1, 1, $2, $3, $4)";
            let field: i64 = field;
            let values = [
                account.id().0.into(),
                field.into(),
                word.into(),
                number.into(),
            ];
            tx.execute(row, values).await.unwrap();
        }
        let row = "INSERT INTO emails (account, email, person) VALUES ($1, $2, $3)";
        let values = [
            account.id().0.into(),
            address.as_str().into(),
            number.into(),
        ];
        tx.execute(row, values).await.unwrap();
        let row = "INSERT INTO profiles (account, kind, entity, version, fields) VALUES ($1, 1, $2, 1, $3)";
        let fields = encoded(&[&name, &address]);
        tx.execute(row, [account.id().0.into(), number.into(), fields.into()])
            .await
            .unwrap();
        keys.push((name, address));
    }
    for company in state.companies().ids() {
        let word = "INSERT INTO search_keys (account, kind, field, word, entity) VALUES ($1, 7, 0, $3, $2)";
        let name = company_name(company);
        let values = [account.id().0.into(), company.number().into(), name.into()];
        tx.execute(word, values).await.unwrap();
        let profile = "INSERT INTO profiles (account, kind, entity, version, fields) VALUES ($1, 7, $2, 1, $3)";
        let values = [
            account.id().0.into(),
            company.number().into(),
            encoded(&[&company_name(company)]).into(),
        ];
        tx.execute(profile, values).await.unwrap();
    }
    tx.commit().await.unwrap();
    (account, keys)
}

/// Against the order of their making.
pub fn company_name(company: CompanyId) -> String {
    format!("company {}", 9 - company.number())
}

/// A profile as it is stored: how many fields, and of each its number and its text. The first is the name, the second the address.
fn encoded(fields: &[&str]) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(fields.len()).unwrap()];
    for (number, text) in fields.iter().enumerate() {
        bytes.push(u8::try_from(number).unwrap());
        bytes.push(u8::try_from(text.len()).unwrap());
        bytes.extend(text.as_bytes());
    }
    bytes
}
