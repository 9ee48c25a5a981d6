/**
 * Reads the one kind of XML document that is taken, byte by byte at any split, and hands its tags and text to the
 * grammar.
 *
 * Everything that could make another parser see something else is refused: document types, comments, CDATA, processing
 * instructions, attributes, entities but the five, and encodings but those in which an ASCII byte is one character and
 * nothing else. Hot: once per byte (bench/micro/guard-xml.ts); a long text costs two looks at each byte.
 */
import { ShortText } from "./short-text.ts";
import { TextCheck } from "./text-check.ts";
import { declaredEncoding } from "./xml-declaration.ts";
import { CallGrammar, elementNames } from "./xml-grammar.ts";
import { endsName, isBlank, NAME_START, nameStep } from "./xml-names.ts";
import { XmlReference } from "./xml-reference.ts";

const BANG = 0x21;
const AMPERSAND = 0x26;
const MINUS = 0x2d;
const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const BRACKET = 0x5b;

/** What the next byte is read as. */
const BEGIN = 0;
const MARK = 1;
const TEXT = 2;
const TAG = 3;
const DECLARATION = 4;
const EXCLAMATION = 5;
const NAME = 6;
const IN_TAG = 7;
const EMPTY_TAG = 8;
const REFERENCE = 9;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** Far longer than the longest that says anything. */
const DECLARATION_BYTES_MAX = 128;

/** Bytes that end a run of text: in UTF-8, and where the declaration names another encoding. */
const stopsInUtf8 = new Uint8Array(256).fill(1, 0, 0x20);
for (const blank of [0x09, 0x0a, 0x0d]) stopsInUtf8[blank] = 0;
for (const mark of [LESS, AMPERSAND]) stopsInUtf8[mark] = 1;
const stopsInAscii = Uint8Array.from(stopsInUtf8).fill(1, 0x80);

/** A reader of one document. */
export class XmlTokenizer {
  /** Why the document is refused, in a few words; empty while it is not. */
  reason = "";
  /** Where the refused part starts, in bytes. */
  offset = 0;
  /** What the document says. */
  readonly grammar = new CallGrammar();
  readonly #check = new TextCheck();
  #state = BEGIN;
  /** Bytes taken before the chunk. */
  #taken = 0;
  /** Where the tag or reference that is being read starts. */
  #start = 0;
  #marked = 0;
  readonly #declaration = new ShortText(DECLARATION_BYTES_MAX);
  #stops = stopsInUtf8;
  #name = NAME_START;
  #element = 0;
  #closing = false;
  readonly #reference = new XmlReference();

  /** Takes `bytes[from, to)`; nothing after a refusal. */
  feed(bytes: Uint8Array, from: number, to: number): void {
    if (this.reason !== "") return;
    const end = this.#check.read(bytes, from, to);
    let i = from;
    while (i < end && this.reason === "") {
      if (this.#state === TEXT) i = this.#readText(bytes, i, end, this.#taken + i - from);
      else if (this.#state === NAME) i = this.#readName(bytes, i, end);
      else if (this.#state === REFERENCE) i = this.#readReference(bytes, i, end);
      else this.#step(bytes[i]!, this.#taken + i++ - from);
    }
    this.#taken += end - from;
    if (end < to) this.#refuse("a byte that is no text in UTF-8", this.#taken);
  }

  /** The document ends here. */
  end(): void {
    if (this.#state !== TEXT || !this.grammar.ended) this.#refuse("the document is not complete", this.#taken);
  }

  /** One run of text and the byte that ends it; where to go on. */
  #readText(bytes: Uint8Array, from: number, to: number, offset: number): number {
    const stops = this.#stops;
    let end = from;
    while (end < to && stops[bytes[end]!] === 0) end++;
    if (end > from) this.#refuse(this.grammar.text(bytes, from, end), this.#start);
    if (end === to || this.reason !== "") return end;
    this.#start = offset + end - from;
    const byte = bytes[end]!;
    if (byte === LESS) this.#state = TAG;
    else if (byte === AMPERSAND) this.#startReference();
    else if (byte < 0x20) this.#refuse("a control character", this.#start);
    else this.#refuse("a byte that is not ASCII in a document that is not UTF-8", this.#start);
    return end + 1;
  }

  #step(byte: number, offset: number): void {
    switch (this.#state) {
      case BEGIN:
        return this.#begin(byte, offset);
      case MARK:
        return this.#mark(byte);
      case TAG:
        return this.#tag(byte);
      case DECLARATION:
        return this.#declare(byte);
      case EXCLAMATION:
        return this.#refuse(markupReason(byte), this.#start);
      case IN_TAG:
        return this.#inTag(byte);
      case EMPTY_TAG:
        return byte === GREATER ? this.#empty() : this.#refuse("a tag that is not well formed", this.#start);
    }
  }

  /** The first byte, or the first behind a byte order mark. */
  #begin(byte: number, offset: number): void {
    this.#start = offset;
    if (byte === BYTE_ORDER_MARK[0] && offset === 0) this.#startMark();
    else if (byte === LESS) this.#state = TAG;
    else if (isBlank(byte)) this.#state = TEXT;
    else this.#refuse("the body is not an XML document in UTF-8", offset);
  }

  #startMark(): void {
    this.#marked = 1;
    this.#state = MARK;
  }

  #mark(byte: number): void {
    if (byte !== BYTE_ORDER_MARK[this.#marked++]) this.#refuse("the body is not an XML document in UTF-8", 0);
    else if (this.#marked === BYTE_ORDER_MARK.length) this.#state = BEGIN;
  }

  /** Behind `<`. */
  #tag(byte: number): void {
    if (byte === SLASH) this.#startName(NAME_START, true);
    else if (byte === BANG) this.#state = EXCLAMATION;
    else if (byte !== QUESTION) this.#startName(nameStep(elementNames, NAME_START, byte), false);
    else if (this.#start === this.#marked) this.#state = DECLARATION;
    else this.#refuse("a processing instruction", this.#start);
  }

  #startName(name: number, closing: boolean): void {
    this.#closing = closing;
    this.#name = name;
    this.#state = NAME;
  }

  /** Collects the XML declaration up to its `>`. */
  #declare(byte: number): void {
    if (byte !== GREATER) return this.#declaration.push(byte);
    const encoding = this.#declaration.whole ? declaredEncoding(this.#declaration.text()) : null;
    if (encoding === null) return this.#refuse("an XML declaration that is not well formed", this.#start);
    if (encoding === "other") return this.#refuse("an encoding other than UTF-8", this.#start);
    if (encoding === "ascii") this.#stops = stopsInAscii;
    this.#state = TEXT;
  }

  /** A tag's name, or a part of it, and the byte that ends it; where to go on. */
  #readName(bytes: Uint8Array, from: number, to: number): number {
    let name = this.#name;
    let end = from;
    for (; end < to; end++) {
      const byte = bytes[end]!;
      if (endsName[byte] === 1) break;
      name = nameStep(elementNames, name, byte);
    }
    this.#name = name;
    if (end === to) return end;
    this.#element = elementNames.accepts[name]!;
    if (!this.#closing) this.#refuse(this.grammar.open(this.#element, this.#start), this.#start);
    this.#inTag(bytes[end]!);
    return end + 1;
  }

  /** Behind a tag's name. */
  #inTag(byte: number): void {
    if (byte === GREATER) {
      this.#state = TEXT;
      if (this.#closing) this.#close();
    } else if (byte === SLASH && !this.#closing) this.#state = EMPTY_TAG;
    else if (isBlank(byte)) this.#state = IN_TAG;
    else this.#refuse("an attribute, or a tag that is not well formed", this.#start);
  }

  #empty(): void {
    this.#state = TEXT;
    this.#close();
  }

  #close(): void {
    this.#refuse(this.grammar.close(this.#element), this.#start);
  }

  #startReference(): void {
    this.#state = REFERENCE;
    this.#reference.start();
  }

  /** A reference behind its `&`, or a part of it; where to go on. */
  #readReference(bytes: Uint8Array, from: number, to: number): number {
    const reference = this.#reference;
    let i = from;
    let complete = false;
    while (i < to && !complete && reference.reason === "") complete = reference.take(bytes[i++]!);
    this.#refuse(reference.reason, this.#start);
    if (complete) {
      this.#state = TEXT;
      this.#refuse(this.grammar.text(reference.character, 0, reference.length), this.#start);
    }
    return i;
  }

  #refuse(reason: string, offset: number): void {
    if (this.reason !== "" || reason === "") return;
    this.reason = reason;
    this.offset = offset;
  }
}

function markupReason(byte: number): string {
  if (byte === BRACKET) return "a CDATA section; in PHP, `escaping => markup` writes none";
  return byte === MINUS ? "a comment" : "a document type";
}
