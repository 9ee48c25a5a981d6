import { FormReader } from "./form.ts";
import { JsonReader } from "./json.ts";
import { mayHoldName, mayHoldNameInPieces } from "./json-glance.ts";
import { formTypes, MULTIPART_FORM, mediaType } from "./media-type.ts";
import { MultipartReader } from "./multipart.ts";
import type { RpcCall } from "./rpc-rule.ts";
import type { BodyReader, Finding, GuardFacts, LoginTry } from "./types.ts";
import { XmlReader } from "./xml.ts";

/** How a refusal is answered, so that the caller's own client can read it. */
export type AnswerProtocol = "json-rpc" | "xml-rpc" | "none";

/** A body that is in memory. */
export interface WholeBody {
  /** All of it as latin-1, where that was made; else empty. */
  readonly text: string;
  /** All of it, in order; null where it is not in memory. */
  blocks(): readonly Uint8Array[] | null;
}

/**
 * The binding guard on one body (DESIGN 3.3): every reading that a worker could make of the bytes is judged.
 *
 * Readings by content are always made, whatever the Content-Type and the path says, as a website's designer can move an
 * endpoint under any path; a reader leaves a body that is none of its kind after a byte or two. A form type adds its
 * own reading. At a door the reading that the door is for is a must. An empty body names nothing and passes.
 *
 * Hot: every byte of every body. No tree, no expression that repeats anything, constant memory (at most 12 KiB, for forms
 * with guarded fields). `bench/micro/guard.ts`, 2026-11: 1 µs for a call of 2 KiB that names nothing, 6 µs where it must be
 * read, 0.7 GB/s and more on uploads, at worst 17 ns per byte.
 */
export class BodyGuard {
  readonly #facts: GuardFacts;
  /** Null until there is something to read. */
  #readers: Readers | null = null;
  /** A glance at the whole body showed that nothing in it is judged. */
  #harmless = false;
  #finding: Finding | null = null;

  constructor(facts: GuardFacts) {
    this.#facts = facts;
  }

  /** Takes `bytes[from, to)`; keeps no reference to them. */
  feed(bytes: Uint8Array, from: number, to: number): void {
    this.#readers ??= openReaders(this.#facts);
    for (const reader of this.#readers.all) reader.feed(bytes, from, to);
  }

  /** Whether a glance at the whole body may save reading one that begins with `firstByte`. */
  prefersWhole(firstByte: number): boolean {
    return firstByte === OPEN_OBJECT && isReadAsJsonOnly(this.#facts);
  }

  /** Takes a body for which `prefersWhole`, all of it; nothing else may be fed. */
  feedWhole(body: WholeBody): void {
    const pieces = body.text === "" ? body.blocks()! : null;
    this.#harmless = pieces === null ? !mayHoldName(body.text) : !mayHoldNameInPieces(pieces);
    if (this.#harmless) return;
    for (const piece of pieces ?? body.blocks()!) this.feed(piece, 0, piece.length);
  }

  /** The verdict, at the body's end: the first reading's that finds something. Call once. */
  end(): Finding | null {
    if (this.#harmless) return null;
    this.#readers ??= openReaders(this.#facts);
    for (const reader of this.#readers.all) {
      const finding = reader.end();
      this.#finding ??= finding;
    }
    return this.#finding;
  }

  /**
   * Who logs in with this body, or null. Of several readings the door's counts, else that of its type: a form may look
   * like something else, too. Only after `end` found nothing.
   */
  loginTry(): LoginTry | null {
    const readers = this.#readers?.all ?? nobody;
    for (let i = standsAtDoor(this.#facts) ? 1 : readers.length - 1; i >= 0; i--) {
      const found = readers[i]?.loginTry() ?? null;
      if (found !== null) return found;
    }
    return null;
  }

  /** The call that the body holds, judged like the rest of it; null without one. Only after `end`. */
  get call(): RpcCall | null {
    return this.#readers?.json.call ?? this.#readers?.xml.call ?? null;
  }

  /** The protocol of the door, or of the call that was found at an alias of one. Only after `end`. */
  get protocol(): AnswerProtocol {
    return protocols[this.#facts.door?.place ?? "none"] ?? protocols[this.#finding?.reading ?? "none"] ?? "none";
  }
}

/** By the place where a door carries its name, and by reading. */
const protocols: Readonly<Record<string, AnswerProtocol>> = {
  json: "json-rpc",
  "json-rpc": "json-rpc",
  "xml-rpc": "xml-rpc",
};

const nobody: readonly BodyReader[] = [];
const OPEN_OBJECT = 0x7b;

/** Whether the door is one that a body opens: every body there must be a call. */
function standsAtDoor({ door }: GuardFacts): boolean {
  return protocols[door?.place ?? "none"] !== undefined;
}

/** Whether a body that begins with a brace, which no XML does, is for the JSON reader alone: off the doors, and of no form's type. */
function isReadAsJsonOnly(facts: GuardFacts): boolean {
  return !standsAtDoor(facts) && !hasFormType(facts);
}

interface Readers {
  readonly json: JsonReader;
  readonly xml: XmlReader;
  readonly all: readonly BodyReader[];
}

function openReaders(facts: GuardFacts): Readers {
  const json = new JsonReader(facts);
  const xml = new XmlReader(facts);
  const form = formReader(facts);
  return { json, xml, all: form === null ? [json, xml] : [json, xml, form] };
}

function formReader(facts: GuardFacts): BodyReader | null {
  if (!hasFormType(facts)) return null;
  return mediaType(facts.contentType) === MULTIPART_FORM ? new MultipartReader(facts) : new FormReader(facts);
}

function hasFormType({ contentType }: GuardFacts): boolean {
  const type = mediaType(contentType);
  return type === MULTIPART_FORM || formTypes.has(type);
}
