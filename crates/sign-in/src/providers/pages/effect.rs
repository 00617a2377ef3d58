//! What a change of a provider would do: who is signed out by it, whose password goes out of use, and who could not come in any more.

use access::{Fingerprint, PersonId, explain::words::Name, state::Facet};
use askama::Template;
use ledger::bound_as;
use serde::Serialize;
use web::{
    Result,
    page::{
        Frame, Prove, count,
        names::{Mark, Names},
    },
    session::{Session, failed},
};

use super::super::{Provider, flow::is_active, store};

/// People that are looked at, for each kind of harm.
const LOOKED_MAX: u32 = 1_000;
/// Of whom are named.
const NAMED_MAX: usize = 20;

/// Ids, in their order. What it shows is what its fingerprint is of.
#[derive(Debug, Default, Serialize)]
pub(super) struct Effect {
    /// Sessions that end.
    sessions: u64,
    /// People whom it knows, and does not know any more.
    forgotten: u64,
    /// Nobody comes in by it at all.
    removed: bool,
    /// Of some domains people come in by it alone: they cannot confirm by their own means who they are.
    alone: bool,
    /// They come in by the provider alone from now on.
    by_it_alone: Vec<PersonId>,
    /// They have no way in afterwards.
    locked_out: Vec<PersonId>,
    /// Domains whose people come in by their own means again.
    freed: Vec<String>,
    /// People come to be by signing in from now on.
    creates: bool,
    /// There are more people than were looked at.
    more: bool,
}

impl Effect {
    /// From what stands there (`None`: it is not set up) to what is to stand there (`None`: it is removed).
    pub async fn of(
        session: &Session,
        now: Option<&Provider>,
        new: Option<&Provider>,
    ) -> Result<Self> {
        let mut effect = Self {
            removed: new.is_none(),
            alone: new.is_some_and(Provider::is_alone),
            ..Self::default()
        };
        // Those that go on as they are.
        let of = now.or(new).map(|provider| provider.connection);
        let mut tx = session.account.read_once().await.map_err(failed)?;
        let all = store::all(&mut tx, session.account.id()).await;
        drop(tx);
        let mut others = all.map_err(failed)?;
        others.retain(|other| Some(other.connection) != of);
        if let Some(now) = now {
            effect.ends(session, (now, &others), new).await?;
        }
        if let Some(new) = new {
            effect.begins(session, (now, &others), new).await?;
        }
        effect.locked_out.sort_unstable();
        effect.locked_out.dedup();
        Ok(effect)
    }

    pub fn fingerprint(&self) -> String {
        Fingerprint::of_stored(self).to_string()
    }

    fn look(&mut self, mut found: Vec<PersonId>) -> Vec<PersonId> {
        self.more |= found.len() > LOOKED_MAX as usize;
        found.truncate(LOOKED_MAX as usize);
        found
    }

    /// Who came in by what stands there, and may not any more.
    async fn ends(
        &mut self,
        session: &Session,
        (now, others): (&Provider, &[Provider]),
        new: Option<&Provider>,
    ) -> Result<()> {
        let account = &session.account;
        let is_only = |domain: &String| new.is_some_and(|new| new.only_domains.contains(domain));
        let freed = now.only_domains.iter().filter(|domain| !is_only(domain));
        self.freed = freed.cloned().collect();
        if new.is_some_and(|new| new.opens_as(now)) {
            return Ok(());
        }
        let sessions = account.sessions_through(now.connection).await;
        self.sessions = sessions.map_err(failed)?;
        let beside = others.iter().filter(|other| {
            other.facet == now.facet && is_active(&session.account, other.connection)
        });
        let beside: Vec<_> = beside.map(|other| other.connection).collect();
        let found = account.only_through(now.connection, &beside, LOOKED_MAX + 1);
        let found = found.await;
        let found = self.look(found.map_err(failed)?);
        let still = new.filter(|new| new.names_as(now));
        if still.is_none() {
            self.forgotten = account.known_to(now.connection).await.map_err(failed)?;
        }
        let is_out = |person: &PersonId| still.is_none_or(|new| !comes_in(session, *person, new));
        self.locked_out.extend(found.into_iter().filter(is_out));
        Ok(())
    }

    /// Whom it binds from now on.
    async fn begins(
        &mut self,
        session: &Session,
        (now, others): (Option<&Provider>, &[Provider]),
        new: &Provider,
    ) -> Result<()> {
        self.creates = new.creates && !now.is_some_and(|now| now.creates);
        let was = |domain: &String| now.is_some_and(|now| now.only_domains.contains(domain));
        for domain in new.only_domains.iter().filter(|domain| !was(domain)) {
            let account = &session.account;
            let found = account.with_own_means_at(domain, LOOKED_MAX + 1).await;
            let found = self.look(found.map_err(failed)?).into_iter();
            // AD-8: one keeps a way in of their own, and so do those for whom it is not.
            let is_bound = |person: &PersonId| {
                new.break_glass != Some(*person)
                    && bound_as(session.state(), *person) == new.facet
                    && !others.iter().any(|other| other.needed() == Some(*person))
            };
            let found = found.filter(is_bound);
            let (come, out): (Vec<_>, Vec<_>) =
                found.partition(|person| comes_in(session, *person, new));
            // Or by the domain's provider for the other side.
            let beside: Vec<_> = others.iter().filter(|other| other.trusts(domain)).collect();
            let is_out =
                |person: &PersonId| !beside.iter().any(|other| comes_in(session, *person, other));
            let out = out.into_iter().filter(is_out);
            self.by_it_alone.extend(come);
            self.locked_out.extend(out);
        }
        Ok(())
    }
}

/// Whether the provider opens anything to somebody.
fn comes_in(session: &Session, person: PersonId, by: &Provider) -> bool {
    by.lets_in(session.state(), person, session.now())
}

/// Some people: how many, and who the first are.
pub(super) struct People {
    count: usize,
    named: Vec<Mark>,
}

impl People {
    fn beyond(&self) -> usize {
        self.count - self.named.len()
    }
}

/// The review of a change, or what is to be proved before it.
#[derive(Default, Template)]
#[template(path = "sign-in-provider-effect.html")]
pub(super) struct EffectPage {
    pub frame: Frame,
    pub prove: Option<Prove>,
    /// The world moved since it was shown.
    pub has_moved: bool,
    pub sessions: u64,
    /// How many people it does not know any more, if any.
    pub forgotten: Option<String>,
    pub removed: bool,
    pub alone: bool,
    pub by_it_alone: Option<People>,
    pub locked_out: Option<People>,
    pub freed: Vec<String>,
    pub creates: Option<&'static str>,
    pub more: bool,
    pub fields: Vec<(String, String)>,
    pub button: &'static str,
    pub back: String,
}

impl EffectPage {
    pub async fn of(
        session: &Session,
        frame: Frame,
        effect: Effect,
        (facet, fields): (Facet, Vec<(String, String)>),
    ) -> Result<Self> {
        let shown = |people: &[PersonId]| -> Vec<_> {
            let first = people.iter().take(NAMED_MAX);
            first.map(|person| Name::Person(*person)).collect()
        };
        let (alone, out) = (shown(&effect.by_it_alone), shown(&effect.locked_out));
        let names = Names::of(session, [alone.clone(), out.clone()].concat()).await?;
        let people = |count: usize, first: Vec<Name>| People {
            count,
            named: first.into_iter().map(|name| names.mark(name)).collect(),
        };
        let mut fields = fields;
        fields.push(("reviewed".to_owned(), effect.fingerprint()));
        Ok(Self {
            frame,
            sessions: effect.sessions,
            forgotten: usize::try_from(effect.forgotten)
                .ok()
                .filter(|it| *it > 0)
                .map(count),
            removed: effect.removed,
            alone: effect.alone,
            by_it_alone: Some(people(effect.by_it_alone.len(), alone))
                .filter(|some| some.count > 0),
            locked_out: Some(people(effect.locked_out.len(), out)).filter(|some| some.count > 0),
            freed: effect.freed,
            creates: effect.creates.then_some(match facet {
                Facet::User => "a user",
                Facet::Customer => "a customer of their company",
            }),
            more: effect.more,
            fields,
            ..Self::default()
        })
    }
}
