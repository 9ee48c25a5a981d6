/**
 * A reader of the part of CEL that the emitted rules are written in: `&&`, `||`, `!`, `==`, `in`, lists, texts, indices and
 * the methods `contains`, `startsWith`, `endsWith` and `matches`. Whatever is beyond that, or has no value, throws.
 */

/** What a rule may look at: `request`. Texts have one character per byte; names of headers are in lower case. */
export interface CelRequest {
  readonly method: string;
  readonly url_path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Value = string | boolean | readonly Value[] | Readonly<Record<string, unknown>>;
type Node = (request: CelRequest) => Value;

/** The expression as a function. `&&` and `||` look no further than they must, so a missing header throws where CEL fails. */
export function compileCel(source: string): (request: CelRequest) => boolean {
  const evaluate = new Reader(source).whole();
  return (request) => booleanOf(evaluate(request));
}

const TOKEN = /\s*(?:(&&|\|\||==|[!()[\].,])|([A-Za-z_]+)|'((?:[^'\\]|\\.)*)')/gsy;

interface Token {
  readonly kind: "sign" | "word" | "text" | "end";
  readonly text: string;
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const found of source.matchAll(TOKEN)) {
    const [whole, sign, word, text] = found;
    at = found.index + whole.length;
    if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else tokens.push({ kind: "text", text: text!.replace(/\\(.)/gs, unescaped) });
  }
  if (at !== source.length) throw new Error(`not read: ${source.slice(at)}`);
  return [...tokens, { kind: "end", text: "" }];
}

function unescaped(whole: string, char: string): string {
  if (char !== "\\" && char !== "'") throw new Error(`unknown escape ${whole}`);
  return char;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#tokens = tokensOf(source);
  }

  whole(): Node {
    const node = this.#or();
    if (this.#next().kind !== "end") throw new Error("something follows the expression");
    return node;
  }

  #or(): Node {
    const left = this.#and();
    if (!this.#takes("||")) return left;
    const right = this.#or();
    return (request) => booleanOf(left(request)) || booleanOf(right(request));
  }

  #and(): Node {
    const left = this.#not();
    if (!this.#takes("&&")) return left;
    const right = this.#and();
    return (request) => booleanOf(left(request)) && booleanOf(right(request));
  }

  #not(): Node {
    if (!this.#takes("!")) return this.#comparison();
    const node = this.#not();
    return (request) => !booleanOf(node(request));
  }

  #comparison(): Node {
    const left = this.#member();
    if (this.#takes("==")) {
      const right = this.#member();
      return (request) => left(request) === right(request);
    }
    if (!this.#takes("in")) return left;
    const right = this.#member();
    return (request) => isIn(left(request), right(request));
  }

  #member(): Node {
    let node = this.#primary();
    for (;;) {
      if (this.#takes(".")) node = this.#selection(node);
      else if (this.#takes("[")) node = indexed(node, this.#until("]"));
      else return node;
    }
  }

  #selection(node: Node): Node {
    const name = this.#next().text;
    if (!this.#takes("(")) return indexed(node, () => name);
    const argument = this.#until(")");
    const method = methods[name];
    if (method === undefined) throw new Error(`no method ${name}`);
    return (request) => method(textOf(node(request)), textOf(argument(request)));
  }

  #primary(): Node {
    const { kind, text } = this.#next();
    if (kind === "text") return () => text;
    if (kind === "word" && text === "request") return (request) => ({ ...request });
    if (kind === "sign" && text === "(") return this.#until(")");
    if (kind === "sign" && text === "[") return this.#list();
    throw new Error(`unexpected ${text}`);
  }

  #list(): Node {
    const nodes: Node[] = [];
    while (!this.#takes("]")) {
      nodes.push(this.#or());
      this.#takes(",");
    }
    return (request) => nodes.map((node) => node(request));
  }

  #until(sign: string): Node {
    const node = this.#or();
    if (!this.#takes(sign)) throw new Error(`no ${sign}`);
    return node;
  }

  #next(): Token {
    return this.#tokens[this.#at++]!;
  }

  #takes(text: string): boolean {
    const token = this.#tokens[this.#at]!;
    const taken = token.kind !== "text" && token.text === text;
    if (taken) this.#at++;
    return taken;
  }
}

const methods: Readonly<Record<string, (subject: string, argument: string) => boolean>> = {
  contains: (subject, argument) => subject.includes(argument),
  startsWith: (subject, argument) => subject.startsWith(argument),
  endsWith: (subject, argument) => subject.endsWith(argument),
  matches: (subject, argument) => regexOf(argument).test(subject),
};

const regexes = new Map<string, RegExp>();

/** RE2's source in JavaScript, byte for byte: `\C` is any byte. */
function regexOf(source: string): RegExp {
  const made = regexes.get(source) ?? new RegExp(source.replaceAll("\\C", "[\\s\\S]"), "u");
  regexes.set(source, made);
  return made;
}

function indexed(node: Node, key: Node): Node {
  return (request) => {
    const value = (node(request) as Readonly<Record<string, Value | undefined>>)[textOf(key(request))];
    if (value === undefined) throw new Error("no such key");
    return value;
  };
}

function isIn(value: Value, container: Value): boolean {
  if (Array.isArray(container)) return container.includes(value);
  if (typeof container !== "object") throw new Error("neither a list nor a map");
  return Object.hasOwn(container, textOf(value));
}

function booleanOf(value: Value): boolean {
  if (typeof value !== "boolean") throw new Error("not a boolean");
  return value;
}

function textOf(value: Value): string {
  if (typeof value !== "string") throw new Error("not a text");
  return value;
}
