//! Tables of slices, as far as the ledger knows them: what an erasure takes and blanks there, and what a backup holds of them.

use access::decide::OnAccount;
use access::decide::permissions::EditSkills;
use access::event::{ContactCentreEvent, ContactCentreList};
use access::{Actor, Command, Dense, Event, Permit, PersonId};
use ledger::{
    AccountId, Act, Database, DatabaseConfig, Here, LedgerError, SubmitError, Tx, Wrote, backup,
    restore,
};

use crate::common::{TestDatabase, World, options};

testkit::on_both![
    sd_26_what_is_typed_in_rows_of_slices_is_blanked_and_own_rows_go,
    a_backup_holds_the_rows_of_slices,
    a_backup_holds_files_piece_by_piece,
];

/// Two rows as the contact centre keeps them, the second of a person.
pub struct Type {
    pub about: PersonId,
    pub name: String,
    pub text: String,
}

impl Act for Type {
    type Needs = EditSkills;
    const NEEDS: EditSkills = EditSkills;
    const NAME: &'static str = "type";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        _: Permit<'_, EditSkills>,
        here: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        let account = here.account.0;
        let entry = "INSERT INTO contact_centre_entries (account, list, id, name, text) VALUES ($1, 2, $2, $3, $4)";
        let id = format!("id of {}", self.name.len());
        let values = [
            account.into(),
            id.clone().into(),
            self.name.into(),
            self.text.into(),
        ];
        tx.execute(entry, values).await?;
        let skill =
            "INSERT INTO contact_centre_skills (account, skill, person) VALUES ($1, $2, $3)";
        let person = self.about.number();
        tx.execute(skill, [account.into(), id.into(), person.into()])
            .await?;
        let (list, uid) = (ContactCentreList::Skills, uuid::Uuid::nil());
        let added = ContactCentreEvent::EntryAdded { list, uid };
        Ok(vec![Event::ContactCentre(added)].into())
    }
}

pub async fn type_about(world: &World, about: PersonId, name: &str, text: &str) {
    let act = Type {
        about,
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let boss = Actor::Person(world.boss);
    world.account.act(boss, act, options()).await.unwrap();
}

/// Names and texts, and whose skills.
async fn rows(tx: &mut Tx) -> (Vec<(String, String)>, Vec<i64>) {
    let entries = tx.fetch_all(
        "SELECT name, text FROM contact_centre_entries ORDER BY LENGTH(name)",
        [],
    );
    let entries = entries.await.unwrap();
    let entries = entries
        .iter()
        .map(|row| (row.get(0).unwrap(), row.get(1).unwrap()));
    let entries = entries.collect();
    let people = tx.fetch_all(
        "SELECT person FROM contact_centre_skills ORDER BY person",
        [],
    );
    let people = people.await.unwrap();
    (
        entries,
        people.iter().map(|row| row.get(0).unwrap()).collect(),
    )
}

fn typed(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

async fn sd_26_what_is_typed_in_rows_of_slices_is_blanked_and_own_rows_go(db: TestDatabase) {
    let world = World::open(&db.address).await;
    let ann = world.add_customer("Ann Lee", "ann@example.org").await;
    type_about(
        &world,
        world.boss,
        "French",
        "Ask ANN LEE, ann@example.org.",
    )
    .await;
    type_about(&world, ann, "Ann Lee", "Ann Leeson stays").await;
    // Another account of the same database is left alone.
    let other = World::open_in(&world.engine, &world.clock).await;
    type_about(&other, other.boss, "Ann Lee of old", "").await;
    world
        .submit(Command::ErasePerson { person: ann })
        .await
        .unwrap();
    let mut reading = world.account.read().await.unwrap();
    let (entries, people) = rows(&mut reading.tx).await;
    let left = [
        ("", "Ann Leeson stays"),
        ("French", "Ask , ."),
        ("Ann Lee of old", ""),
    ];
    assert_eq!(entries, typed(&left));
    let others = [world.boss.number(), other.boss.number()];
    assert_eq!(people, others.map(i64::from));
}

async fn a_backup_holds_the_rows_of_slices(db: TestDatabase) {
    let world = World::open(&db.address).await;
    type_about(&world, world.boss, "French", "Bonjour").await;
    let file = db.directory.join("ledger.backup");
    backup(world.engine.database(), &file, world.engine.now())
        .await
        .unwrap();
    let into = Database::open(&DatabaseConfig::at(&db.file("restored.db")))
        .await
        .unwrap();
    restore(&into, &file).await.unwrap();
    let mut tx = into.begin_read().await.unwrap();
    let (entries, people) = rows(&mut tx).await;
    assert_eq!(entries, typed(&[("French", "Bonjour")]));
    assert_eq!(people, [i64::from(world.boss.number())]);
}

/// Pieces of a file, as the service desk keeps them.
struct Pieces(Vec<Vec<u8>>);

impl Act for Pieces {
    type Needs = EditSkills;
    const NEEDS: EditSkills = EditSkills;
    const NAME: &'static str = "attach";

    async fn on(&self, _: &mut Tx, _: AccountId) -> Result<Option<OnAccount>, LedgerError> {
        Ok(Some(OnAccount))
    }

    async fn apply(
        self,
        tx: &mut Tx,
        _: Permit<'_, EditSkills>,
        here: Here<'_>,
    ) -> Result<Wrote, SubmitError> {
        let sql = "INSERT INTO service_desk_attachment_pieces (account, attachment, piece, author, bytes) VALUES ($1, 'it', $2, NULL, $3)";
        for (piece, bytes) in (0_i64..).zip(self.0) {
            let values = [here.account.0.into(), piece.into(), bytes.into()];
            tx.execute(sql, values).await?;
        }
        Ok(Wrote::ROWS)
    }
}

async fn a_backup_holds_files_piece_by_piece(db: TestDatabase) {
    let world = World::open(&db.address).await;
    // More than are read back at once, and no two of them alike.
    let pieces: Vec<_> = (0..40).map(|piece| vec![piece; 64 * 1024]).collect();
    let boss = Actor::Person(world.boss);
    let act = Pieces(pieces.clone());
    world.account.act(boss, act, options()).await.unwrap();
    let file = db.directory.join("ledger.backup");
    backup(world.engine.database(), &file, world.engine.now())
        .await
        .unwrap();
    let into = Database::open(&DatabaseConfig::at(&db.file("restored.db")))
        .await
        .unwrap();
    restore(&into, &file).await.unwrap();
    let mut tx = into.begin_read().await.unwrap();
    let sql = "SELECT bytes FROM service_desk_attachment_pieces ORDER BY piece";
    let rows = tx.fetch_all(sql, []).await.unwrap();
    let restored: Vec<Vec<u8>> = rows.iter().map(|row| row.get(0).unwrap()).collect();
    assert!(restored == pieces, "not to the byte");
}
