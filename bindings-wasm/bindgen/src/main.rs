//! Runs wasm-bindgen as a library, so that its version is the one in `Cargo.lock`, and writes the types of the documents.
//!
//! `cpcfit-wasm-bindgen <input.wasm> <directory>` writes `wasm.js`, `wasm.d.ts`, `wasm_bg.wasm` and `documents.d.ts`.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use cpcfit::document::DocumentKind;
use cpcfit::{Catalog, ContactPolicy, FitPolicy, Framework, RuleSet};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, directory] = arguments.as_slice() else {
        return fail("usage: cpcfit-wasm-bindgen <input.wasm> <directory>");
    };
    match generate(Path::new(input), Path::new(directory)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("cpcfit-wasm-bindgen: {error:#}")),
    }
}

fn generate(input: &Path, directory: &Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    // The package's own entry points say where the .wasm file is: one for Node, one for browsers.
    bindgen.web(true)?.omit_default_module_path(true);
    bindgen.input_path(input).out_name("wasm").typescript(true).generate(directory)?;
    std::fs::write(directory.join("documents.d.ts"), document_types())?;
    Ok(())
}

/// The types of every kind of document; those that several kinds share stand once.
fn document_types() -> String {
    let kinds = [
        Catalog::document_kind(),
        ContactPolicy::document_kind(),
        FitPolicy::document_kind(),
        Framework::document_kind(),
        RuleSet::document_kind(),
    ];
    let texts: Vec<String> = kinds.iter().map(DocumentKind::typescript).collect();
    let mut types: Vec<&str> = Vec::new();
    for declaration in texts.iter().flat_map(|text| text.split("\n\n")) {
        if !types.contains(&declaration) {
            types.push(declaration);
        }
    }
    types.join("\n\n")
}

#[expect(clippy::print_stderr, reason = "a command line tool reports there")]
fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
