//! Notices a new UI, and writes the schemas of the API's types out of their source.

#[path = "build/schemas.rs"]
mod schemas;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    #![expect(clippy::disallowed_methods, reason = "cargo tells a build script its folders through the environment")]
    let dist = Path::new("../ui/dist");
    // Cargo takes a missing path for a change at every build: then watch the folder that will hold it.
    println!("cargo:rerun-if-changed={}", if dist.exists() { "../ui/dist" } else { "../ui" });
    println!("cargo:rerun-if-changed=../api/src");
    println!("cargo:rerun-if-changed=build");
    let out = std::env::var("OUT_DIR")?;
    let schemas = schemas::of_folder(Path::new("../api/src"))?;
    std::fs::write(Path::new(&out).join("schemas.json"), serde_json::to_string(&schemas)?)?;
    Ok(())
}
