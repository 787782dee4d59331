//! Runs wasm-bindgen as a library, so that its version is the one in `Cargo.lock`.
//!
//! `cpcfit-wasm-bindgen <input.wasm> <output directory>` writes `wasm.js`, `wasm.d.ts` and `wasm_bg.wasm`.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        return fail("usage: cpcfit-wasm-bindgen <input.wasm> <output directory>");
    };
    // The package's own entry points say where the .wasm file is: one for Node, one for browsers.
    let generated =
        Bindgen::new().web(true).map(|bindgen| bindgen.omit_default_module_path(true)).and_then(|bindgen| {
            bindgen.input_path(input).out_name("wasm").typescript(true).generate(output)
        });
    match generated {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{error:#}")),
    }
}

#[allow(clippy::print_stderr, reason = "a command line tool reports there")]
fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
