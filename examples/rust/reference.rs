//! Writes what the declarations of the documents yield - JSON Schemas, TypeScript types, reference pages - and the page
//! of error codes into a folder: `make docs`.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use cpcfit::error::codes;
use cpcfit::{Catalog, ContactPolicy, FitPolicy, Framework, RuleSet};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    std::fs::create_dir_all(&folder)?;
    let write = |name: String, text: String| {
        println!("{}", folder.join(&name).display());
        std::fs::write(folder.join(name), text)
    };
    let kinds = [
        Catalog::document_kind(),
        ContactPolicy::document_kind(),
        FitPolicy::document_kind(),
        Framework::document_kind(),
        RuleSet::document_kind(),
    ];
    for kind in kinds {
        write(format!("{}.schema.json", kind.kind()), kind.json_schema())?;
        write(format!("{}.d.ts", kind.kind()), kind.typescript())?;
        write(format!("{}.md", kind.kind()), kind.reference())?;
    }
    let mut page = String::from(
        "# Error codes\n\nA code is never reused or renamed.\n\n| code | meaning | mend |\n|---|---|---|\n",
    );
    for entry in codes() {
        writeln!(page, "| `{}` | {} | {} |", entry.code.id(), entry.meaning, entry.mend)?;
    }
    write("errors.md".into(), page)?;
    Ok(())
}
