import { FormReader } from "./form.ts";
import { JsonReader } from "./json.ts";
import { formTypes, MULTIPART_FORM, mediaType } from "./media-type.ts";
import { MultipartReader } from "./multipart.ts";
import type { RpcCall } from "./rpc-rule.ts";
import type { BodyReader, Finding, GuardFacts, LoginTry } from "./types.ts";
import { XmlReader } from "./xml.ts";

/** How a refusal is answered, so that the caller's own client can read it. */
export type AnswerProtocol = "json-rpc" | "xml-rpc" | "none";

/**
 * The binding guard on one body (DESIGN 3.3): every reading that a worker could make of the bytes is judged.
 *
 * Readings by content are always made, whatever the Content-Type and the path says, as a website's designer can move an
 * endpoint under any path; a reader leaves a body that is none of its kind after a byte or two. A form type adds its
 * own reading. At a door the reading that the door is for is a must. An empty body names nothing and passes.
 *
 * Hot: every byte of every body. No tree, no regular expression, constant memory (at most 12 KiB, for forms with guarded
 * fields). `bench/micro/guard.ts`, 2026-11: 5 to 7 µs for a call of 2 KiB, 0.7 GB/s and more on uploads, at worst 17 ns
 * per byte.
 */
export class BodyGuard {
  readonly #facts: GuardFacts;
  readonly #readers: readonly BodyReader[];
  readonly #json: JsonReader;
  readonly #xml: XmlReader;
  #finding: Finding | null = null;

  constructor(facts: GuardFacts) {
    this.#facts = facts;
    this.#json = new JsonReader(facts);
    this.#xml = new XmlReader(facts);
    const form = formReader(facts);
    this.#readers = form === null ? [this.#json, this.#xml] : [this.#json, this.#xml, form];
  }

  /** Takes `bytes[from, to)`; keeps no reference to them. */
  feed(bytes: Uint8Array, from: number, to: number): void {
    for (const reader of this.#readers) reader.feed(bytes, from, to);
  }

  /** The verdict, at the body's end: the first reading's that finds something. Call once. */
  end(): Finding | null {
    for (const reader of this.#readers) {
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
    const atDoor = protocols[this.#facts.door?.place ?? "none"] !== undefined;
    for (let i = atDoor ? 1 : this.#readers.length - 1; i >= 0; i--) {
      const found = this.#readers[i]!.loginTry();
      if (found !== null) return found;
    }
    return null;
  }

  /** The call that the body holds, judged like the rest of it; null without one. Only after `end`. */
  get call(): RpcCall | null {
    return this.#json.call ?? this.#xml.call;
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

function formReader(facts: GuardFacts): BodyReader | null {
  const type = mediaType(facts.contentType);
  if (type === MULTIPART_FORM) return new MultipartReader(facts);
  return formTypes.has(type) ? new FormReader(facts) : null;
}
