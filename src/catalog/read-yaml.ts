import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
} from "yaml";
import type { Problem } from "../core/problem.ts";
import { type Located, type LocatedEntry, type Place, problemAt, type Source } from "./located.ts";
import { quote } from "./wording.ts";

/**
 * YAML text (JSON included) → documents with places.
 *
 * Only what JSON can say gets through, and bounded: the nesting is measured before anything recurses, keys are compared
 * through a Map (the library compares each with each), and an alias costs as much as what it repeats.
 */

const DEPTH_MAX = 16;
const DOCUMENT_CHARACTERS_MAX = 1024 * 1024;
const VALUES_MAX = 50_000;

/** Every document of a file that could be read, and what is wrong with the others. Empty documents are left out. */
export function readYaml(file: string, text: string): { documents: Located[]; problems: Problem[] } {
  const lines = new LineCounter();
  const source: Source = { file, lines };
  const documents: Located[] = [];
  const problems: Problem[] = [];
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
  const finish = (document: Document.Parsed): void => {
    const place = (error: { pos: [number, number] }): Place => ({ source, offset: error.pos[0] });
    for (const error of [...document.errors, ...document.warnings]) {
      problems.push(problemAt(place(error), "yaml_syntax", `cannot read the text as YAML: ${sentence(error.message)}`));
    }
    if (document.errors.length > 0 || document.warnings.length > 0) return;
    if (document.contents === null || (isScalar(document.contents) && document.contents.source === "")) return;
    const reader = new DocumentReader(source, problems);
    const root = reader.read(document.contents);
    if (!reader.failed) documents.push(root);
  };
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    const fault = bounded(token, source);
    if (fault !== null) problems.push(fault);
    else for (const document of composer.next(token)) finish(document);
  }
  for (const document of composer.end()) finish(document);
  return { documents, problems };
}

/** Why a piece of the file may not be composed, or null. */
function bounded(token: CST.Token, source: Source): Problem | null {
  const place = { source, offset: token.offset };
  if (token.type === "directive") {
    return problemAt(place, "yaml_syntax", `cannot use the directive ${quote(token.source)}: catalogs are YAML 1.2`);
  }
  if (token.type !== "document") return null;
  const deep = tooDeep(token.value);
  if (deep !== null) {
    const message = `cannot read a document that nests deeper than ${DEPTH_MAX} levels`;
    return problemAt({ source, offset: deep.offset }, "too_deep", message);
  }
  const characters = (token.end?.at(-1)?.offset ?? endOf(token.value)) - token.offset;
  if (characters <= DOCUMENT_CHARACTERS_MAX) return null;
  const message = `cannot read a document of ${characters} characters: at most ${DOCUMENT_CHARACTERS_MAX} are allowed`;
  return problemAt(place, "document_too_large", message);
}

/** The first token that lies too deep, or null. Without recursion: the depth is the client's choice here. */
function tooDeep(root: CST.Token | undefined): CST.Token | null {
  const stack: Array<[token: CST.Token | null | undefined, depth: number]> = [[root, 1]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [token, depth] = next;
    if (token === null || token === undefined || !("items" in token)) continue;
    if (depth > DEPTH_MAX) return token;
    for (const item of token.items) stack.push([item.key, depth + 1], [item.value, depth + 1]);
  }
  return null;
}

/** Offset behind the last value of a token. */
function endOf(root: CST.Token | undefined): number {
  let token = root;
  while (token !== undefined && "items" in token) {
    const last: CST.CollectionItem | undefined = token.items.at(-1);
    const inner = last?.value ?? last?.key ?? undefined;
    if (inner === undefined) break;
    token = inner;
  }
  return token === undefined ? 0 : token.offset + ("source" in token ? token.source.length : 0);
}

/** Turns the nodes of one document into located values. */
class DocumentReader {
  failed = false;
  readonly #source: Source;
  readonly #problems: Problem[];
  /** Finished values by anchor: an alias shares the value, and one inside its own anchor finds nothing. */
  readonly #anchors = new Map<string, Located>();
  #size = 0;

  constructor(source: Source, problems: Problem[]) {
    this.#source = source;
    this.#problems = problems;
  }

  read(node: Node): Located {
    const located = isAlias(node) ? this.#alias(node.source, this.#at(node)) : this.#value(node);
    if (!isAlias(node) && node.anchor !== undefined) this.#anchors.set(node.anchor, located);
    return located;
  }

  #value(node: Node): Located {
    const place = this.#at(node);
    this.#count(1, place);
    if (isMap(node)) return this.#map(node.items as readonly Pair[], place);
    if (isSeq(node)) {
      const items = (node.items as readonly Node[]).map((item) => this.read(item));
      return { kind: "list", items, size: sizeOf(items), ...place };
    }
    const value = isScalar(node) ? node.value : null;
    return { kind: "scalar", value: isJson(value) ? value : String(value), size: 1, ...place };
  }

  #map(pairs: readonly Pair[], place: Place): Located {
    const entries = new Map<string, LocatedEntry>();
    for (const pair of pairs) {
      const key = this.#at(pair.key);
      const name = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : null;
      const node: Located =
        pair.value === null ? { kind: "scalar", value: null, size: 1, ...key } : this.read(pair.value);
      if (name === null) this.#fail(key, "yaml_syntax", "cannot use a key that is no plain text");
      else if (entries.has(name))
        this.#fail(key, "duplicate_key", `cannot use the key ${quote(name)} twice in one mapping`);
      else entries.set(name, { key, node });
    }
    return { kind: "map", entries, size: sizeOf([...entries.values()].map((entry) => entry.node)), ...place };
  }

  #alias(name: string, place: Place): Located {
    const found = this.#anchors.get(name);
    if (found === undefined) {
      this.#fail(place, "yaml_syntax", `cannot use the alias ${quote(name)}: no whole value before it has that anchor`);
      return { kind: "scalar", value: null, size: 1, ...place };
    }
    this.#count(found.size, place);
    return found;
  }

  /** Counts values, and stops descending into aliases by marking the document as failed once. */
  #count(values: number, place: Place): void {
    const before = this.#size;
    this.#size += values;
    if (before > VALUES_MAX || this.#size <= VALUES_MAX) return;
    const code = values > 1 ? "alias_bomb" : "document_too_large";
    this.#fail(place, code, `cannot read a document of more than ${VALUES_MAX} values`);
  }

  #fail(
    place: Place,
    code: "yaml_syntax" | "duplicate_key" | "alias_bomb" | "document_too_large",
    message: string,
  ): void {
    this.failed = true;
    this.#problems.push(problemAt(place, code, message));
  }

  #at(node: Node): Place {
    return { source: this.#source, offset: node.range?.[0] ?? 0 };
  }
}

interface Pair {
  readonly key: Node;
  readonly value: Node | null;
}

function sizeOf(nodes: readonly Located[]): number {
  return nodes.reduce((sum, node) => sum + node.size, 1);
}

function isJson(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** A library's message in our form: lower case, no full stop. */
function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, "");
}
