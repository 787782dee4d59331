//! Conditions as sets of records, for analysis: what overlaps, what is covered, what can never be.
//!
//! Every test of a field against literals cuts the field's axis (`axis`) into cells; all values in a cell pass the same
//! tests. A condition is then a union of cuboids (`cuboid`): on some axes certain cells (`ranges`), on all others any.
//! `space` reads conditions so, by Kleene's logic with a cell for what is missing; `cover` tells what some leave uncovered;
//! `index` finds the conditions that may hold for a record; `shown` writes parts of the space as
//! conditions and finds a record in them. `around` finds the cells that a record is in, and `change` the
//! part that is nearest to it: what has to change, told (`expected`) with the nearest values (`nearest`).

mod around;
mod axis;
mod change;
mod cover;
mod cuboid;
mod expected;
mod index;
mod nearest;
mod ranges;
mod shown;
mod space;

pub(crate) use change::{Change, Nearest};
pub(crate) use cuboid::Cuboid;
pub(crate) use index::Index;
pub(crate) use space::{Region, Space, Steps, Want};
