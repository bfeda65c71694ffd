//! Prints the OpenAPI document: `cargo run -p server --example openapi > crates/platform/openapi.json`.
#![allow(clippy::print_stdout, reason = "printing is its purpose")]

fn main() -> Result<(), serde_json::Error> {
    print!("{}", server::openapi_json()?);
    Ok(())
}
