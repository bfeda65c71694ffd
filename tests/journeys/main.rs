//! Journeys across crates with the real platform in process; what comes out is judged by other people's programs.

mod bad_files;
mod bid;
mod payments;
mod staff;
mod walk;
