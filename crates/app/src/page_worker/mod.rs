//! Pages are drawn by child processes of our own program, so that a hostile page cannot take the window with it.
//!
//! Each of our programs calls [`serve`] before anything else; when it was started as a worker, it draws what it is
//! asked for over standard input until that ends. The parent's side is [`PageWorkers`].

mod child;
mod protocol;
mod serving;
mod workers;

pub use child::Drawn;
pub use protocol::{PageFile, PageOrder, PageSize, Pixels};
pub use serving::serve;
pub use workers::{NotDrawn, PageWorkers, Urgency, WorkerProgram};
