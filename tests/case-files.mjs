// Reads the case files of `tests/cases` for JavaScript: README.md describes their format.

import { readdirSync, readFileSync } from "node:fs";

const CASES = new URL("cases/", import.meta.url);
const ROOT = new URL("../", import.meta.url);

/** Every case with the name of its file and the documents that it may refer to. */
export function load() {
  const files = readdirSync(CASES).filter((name) => name.endsWith(".json"));
  return files.sort().flatMap((name) => {
    const { documents = {}, cases } = JSON.parse(readFileSync(new URL(name, CASES), "utf8"));
    return cases.map((each) => ({ file: name.slice(0, -".json".length), documents, ...each }));
  });
}

/** A text: as it stands, repeated, from a file, or several joined. */
export function text(source) {
  if (typeof source === "string") return source;
  if (Array.isArray(source)) return source.map(text).join("");
  if ("repeat" in source) return text(source.repeat[0]).repeat(source.repeat[1]);
  return readFileSync(new URL(source.file, ROOT), "utf8");
}

/** A document, native or text, and the CSV text of its price table if it has one. */
export function document({ documents }, given) {
  const source = typeof given === "string" ? { of: given } : given;
  const csv = source.csv === undefined ? undefined : text(source.csv);
  if ("text" in source) return [text(source.text), csv];
  if ("json" in source) return [JSON.stringify(changed(documents[source.json], source)), csv];
  return [changed("of" in source ? documents[source.of] : source.native, source), csv];
}

/** A copy of a native document with values set and removed by JSON pointer. */
function changed(base, { set = {}, remove = [] }) {
  const root = { "": structuredClone(base) };
  for (const [pointer, value] of Object.entries(set)) {
    const [parent, key] = parentOf(root, pointer);
    parent[key] = value;
  }
  for (const pointer of remove) {
    const [parent, key] = parentOf(root, pointer);
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }
  return root[""];
}

function parentOf(root, pointer) {
  const path = pointer.split("/");
  const last = path.pop();
  return [path.reduce((node, key) => node[key], root), last];
}

/** A typed input value as a native value. JavaScript has no decimals: their text is as exact. */
export function value(typed) {
  if (typed === null) return null;
  const [[kind, content]] = Object.entries(typed);
  return convert(kind === "float" ? "float64" : kind === "int" ? "int64" : kind, content);
}

export const record = (input) => Object.fromEntries(Object.entries(input).map(([name, typed]) => [name, value(typed)]));

/** A value of a column of that type. */
export function convert(kind, content) {
  if (content === null) return null;
  if (kind.startsWith("float")) return number(content);
  if (kind.includes("int64")) return BigInt(content);
  if (kind.includes("int")) return Number(content);
  if (kind.startsWith("timestamp")) return new Date(content);
  return kind === "date" ? new Date(`${content}T00:00:00Z`) : content;
}

function number(content) {
  const named = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY };
  return named[content] ?? Number(content);
}
