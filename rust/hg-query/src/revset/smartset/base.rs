//! Revisions that are known one by one.

use std::cell::OnceCell;
use std::rc::Rc;

use hg_types::Revision;

use super::{Repr, sign};

type Describe<'q> = Rc<dyn Fn() -> Repr + 'q>;

struct Members {
    list: Vec<Revision>,
    sorted: OnceCell<Vec<Revision>>,
}

/// Revisions that are known one by one.
#[derive(Clone)]
pub struct BaseSet<'q> {
    members: Rc<Members>,
    order: Order,
    /// Whether it was made from a set, whose members are quick to test.
    from_set: bool,
    describe: Option<Describe<'q>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Order {
    Listed,
    Backwards,
    Topo,
    TopoBackwards,
    Ascending,
    Descending,
}

impl<'q> BaseSet<'q> {
    /// Revisions in the order given.
    #[must_use]
    pub fn from_list(list: Vec<Revision>) -> Self {
        let members = Rc::new(Members { list, sorted: OnceCell::new() });
        Self { members, order: Order::Listed, from_set: false, describe: None }
    }

    /// Revisions whose order in `revisions` does not matter: they are ascending.
    #[must_use]
    pub fn from_set(revisions: impl IntoIterator<Item = Revision>) -> Self {
        let mut list: Vec<_> = revisions.into_iter().collect();
        list.sort_unstable();
        list.dedup();
        Self { order: Order::Ascending, from_set: true, ..Self::from_list(list) }
    }

    pub(super) fn with_members_known(self) -> Self {
        Self { from_set: true, ..self }
    }

    /// Says that the list is in topological order.
    #[must_use]
    pub fn topological(self) -> Self {
        Self { order: Order::Topo, ..self }
    }

    /// Gives it a description to be printed in place of its members.
    #[must_use]
    pub fn described(self, describe: Rc<dyn Fn() -> Repr + 'q>) -> Self {
        Self { describe: Some(describe), ..self }
    }

    pub(super) fn len(&self) -> usize {
        self.members.list.len()
    }

    fn sorted_members(&self) -> &[Revision] {
        let list = &self.members.list;
        self.members.sorted.get_or_init(|| {
            let mut sorted = list.clone();
            sorted.sort_unstable();
            sorted
        })
    }

    pub(super) fn contains(&self, rev: Revision) -> bool {
        self.sorted_members().binary_search(&rev).is_ok()
    }

    /// The members in order.
    fn ordered(&self) -> Vec<Revision> {
        let backwards = |list: &[Revision]| list.iter().rev().copied().collect();
        match self.order {
            Order::Listed | Order::Topo => self.members.list.clone(),
            Order::Backwards | Order::TopoBackwards => backwards(&self.members.list),
            Order::Ascending => self.sorted_members().to_vec(),
            Order::Descending => backwards(self.sorted_members()),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Revision> + use<> {
        self.ordered().into_iter()
    }

    pub(super) fn sorted_iter(&self, ascending: bool) -> impl Iterator<Item = Revision> + use<> {
        let order = if ascending { Order::Ascending } else { Order::Descending };
        Self { order, ..self.clone() }.ordered().into_iter()
    }

    pub(super) fn ascending(&self) -> Option<bool> {
        match self.order {
            Order::Ascending => Some(true),
            Order::Descending => Some(false),
            _ if self.len() <= 1 => Some(true),
            _ => None,
        }
    }

    pub(super) fn is_topo(&self) -> bool {
        self.order == Order::Topo || self.len() <= 1
    }

    pub(super) fn sorted(self, reverse: bool) -> Self {
        let order = if reverse { Order::Descending } else { Order::Ascending };
        Self { order, ..self }
    }

    pub(super) fn reversed(self) -> Self {
        let order = match self.order {
            Order::Listed => Order::Backwards,
            Order::Backwards => Order::Listed,
            Order::Topo => Order::TopoBackwards,
            Order::TopoBackwards => Order::Topo,
            Order::Ascending => Order::Descending,
            Order::Descending => Order::Ascending,
        };
        Self { order, ..self }
    }

    pub(super) fn slice(&self, start: usize, stop: usize) -> Self {
        let wanted = stop.saturating_sub(start);
        let list = self.ordered().into_iter().skip(start).take(wanted).collect();
        let order = match self.order {
            Order::Backwards => Order::Listed,
            // A part of a topological order need not be one.
            Order::Topo | Order::TopoBackwards => Order::Listed,
            order => order,
        };
        Self { order, ..Self::from_list(list) }
    }

    /// Intersection (or difference) at once, when both were made from sets and this one's order can
    /// be had again.
    pub(super) fn combine(&self, other: &Self, keep: bool) -> Option<Self> {
        let known_order = matches!(self.order, Order::Ascending | Order::Descending);
        if !(known_order && self.from_set && other.from_set) {
            return None;
        }
        let members = self.sorted_members().iter().copied();
        let set = Self::from_set(members.filter(|rev| other.contains(*rev) == keep));
        Some(Self { order: self.order, ..set })
    }

    pub(super) fn repr(&self) -> Repr {
        let (sign, members) = match self.order {
            Order::Ascending => (sign(Some(true)), self.sorted_members().to_vec()),
            Order::Descending => (sign(Some(false)), self.sorted_members().to_vec()),
            _ => (sign(None), self.ordered()),
        };
        if let Some(describe) = &self.describe {
            let description = describe();
            // A description such as `slice=0:2` shares the brackets of the set.
            return match description.head.starts_with(b"slice=") {
                true => {
                    let head = [b"baseset", sign.as_bytes(), b" ", &description.head].concat();
                    Repr { head, ..description }
                }
                false => Repr::of(&format!("baseset{sign}"), [description]),
            };
        }
        let numbers: Vec<String> = members.iter().map(ToString::to_string).collect();
        Repr::text(format!("baseset{sign} [{}]", numbers.join(", ")))
    }
}
