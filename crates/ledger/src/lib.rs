//! What several effects need of the cluster's memory (design section 4): records, who owns them, the switch, slots,
//! Leases and the day's budget. Every write is a create-only or a compare-and-swap, so running twice changes nothing.

pub mod budget;
pub mod lease;
mod open;
mod owner;
mod record;
pub mod slots;
pub mod switch;

pub use open::{WorldArgs, block_on, cannot, found, now, open, settings, slug};
pub use owner::{OwnerArgs, lives, same};
pub use record::{BRANCH_LABEL, REPOSITORY_LABEL, Record, create, find, of_owner, of_repository, save, update};
pub use switch::Switch;
