//! Imports point down only: a module of the core knows the modules before it in the order of the architecture, no other.

#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use std::path::{Path, PathBuf};

/// The foundation from the bottom up, then the engines, then what stands on them.
const FOUNDATION: [&str; 5] = ["error", "money", "column", "document", "expr"];
const ENGINES: [&str; 3] = ["rules", "scoring", "tariff"];
const ABOVE: [(&str, &[&str]); 3] =
    [("fit", &ENGINES), ("coordinate", &["rules", "fit"]), ("evaluate", &["scoring", "fit", "coordinate"])];

/// The modules that a module may import; `None` for a module that has no place yet.
fn below(module: &str) -> Option<Vec<&'static str>> {
    if let Some(height) = FOUNDATION.iter().position(|known| *known == module) {
        return Some(FOUNDATION.iter().take(height).copied().collect());
    }
    if ENGINES.contains(&module) {
        return Some(FOUNDATION.to_vec());
    }
    let (_, others) = ABOVE.iter().find(|(known, _)| *known == module)?;
    Some(FOUNDATION.iter().chain(*others).copied().collect())
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    nested.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The modules named after `crate::` in code; names that the crate root re-exports count as their module.
fn imports(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let names = code.split("crate::").skip(1).map(|rest| {
        rest.chars()
            .take_while(|character| character.is_alphanumeric() || *character == '_')
            .collect::<String>()
    });
    names.map(|name| home(&name).to_owned()).collect()
}

fn home(name: &str) -> &str {
    match name {
        "Scalar" | "Column" | "Batch" | "Options" | "Record" | "Date" | "Simd" => "column",
        "Catalog" | "Usage" | "Quote" | "Bill" => "tariff",
        "Error" | "Problem" | "Result" => "error",
        "Decimal" | "Money" | "Currency" => "money",
        "Document" | "Node" | "Value" => "document",
        module => module,
    }
}

#[test]
fn imports_point_down_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for path in sources(&root) {
        let place = path.strip_prefix(&root).unwrap();
        let Some(module) = place.components().next().and_then(|first| first.as_os_str().to_str()) else {
            continue;
        };
        if module == "lib.rs" {
            continue;
        }
        let below =
            below(module).unwrap_or_else(|| panic!("the module `{module}` has no place in the order"));
        for import in imports(&std::fs::read_to_string(&path).unwrap()) {
            checked += 1;
            if import != module && !below.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", place.display()));
            }
        }
    }
    assert!(checked > 100, "the search for imports finds too few: {checked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
