/**
 * The guard on JSON bodies: what `params` at their top names, whatever the path and the Content-Type.
 *
 * Exact where a name can stand (the top object, its `params`, the first item of `args`); below that only strings and
 * brackets are told apart. It therefore takes more than JSON is, and whatever Python's `json` accepts it reads as
 * Python does: a body that some worker accepts is never misread, and one that it misreads no worker accepts. At a door
 * the body must also be one complete object of valid text. Off the doors depth has no bound, as recent
 * Pythons have none that counts.
 *
 * Hot: never builds a tree, never looks at a byte twice but at doors. `bench/micro/guard.ts`.
 */
import { byteOrderMark, isBlank, json, opensValue, type State, scalarBytes, state, wideBytes } from "./json-grammar.ts";
import { JsonLogin } from "./json-login.ts";
import { JsonParams, type ParamName, paramNames } from "./json-params.ts";
import { JsonSkip } from "./json-skip.ts";
import { JsonString } from "./json-string.ts";
import type { LoginName } from "./login-name.ts";
import { jsonTypes, mediaType } from "./media-type.ts";
import type { RpcCall } from "./rpc-rule.ts";
import { TextCheck } from "./text-check.ts";
import type { BodyReader, Finding, GuardFacts, LoginTry } from "./types.ts";

/** Deepest nesting at a door; Python up to 3.11 stops at about 1000. */
const DOOR_DEPTH_MAX = 512;

/** What the value at hand is; `first` and `pair`: the first item of `args`, and of an item of `params` as an array. */
type Place = "params" | ParamName | "first" | "second" | "pair" | "login" | "other";

/** Reads one body; see the file's head. */
export class JsonReader implements BodyReader {
  /** Whether a JSON body is what the door is for. */
  readonly #atDoor: boolean;
  readonly #rpcDoor: boolean;
  /** Whether a worker takes the body for JSON. */
  readonly #typed: boolean;
  readonly #params: JsonParams;
  readonly #login: JsonLogin;
  readonly #text: TextCheck | null;
  readonly #token: JsonString;
  readonly #skip: JsonSkip;
  #fed = 0;
  /** Where in the body the array at hand begins. */
  #base = 0;
  #state: State = state.start;
  #inParams = false;
  #paramsSeen = false;
  #place: Place = "other";
  /** Where the key at hand begins. */
  #keyOffset = 0;
  #finding: Finding | null = null;

  constructor(facts: GuardFacts) {
    const place = facts.door?.place;
    this.#rpcDoor = place === "json-rpc";
    this.#atDoor = this.#rpcDoor || place === "json";
    this.#typed = jsonTypes.has(mediaType(facts.contentType));
    this.#params = new JsonParams(facts);
    this.#login = new JsonLogin(facts);
    this.#text = this.#atDoor ? new TextCheck() : null;
    this.#skip = new JsonSkip(this.#atDoor ? DOOR_DEPTH_MAX : Number.POSITIVE_INFINITY);
    this.#token = new JsonString(facts.bound.database.length);
  }

  feed(bytes: Uint8Array, from: number, to: number): void {
    if (this.#state === state.settled) return;
    this.#base = this.#fed - from;
    this.#fed += to - from;
    const textEnd = this.#text === null ? to : this.#text.read(bytes, from, to);
    this.#read(bytes, from, textEnd);
    if (textEnd < to) this.#refuse("the body is not valid UTF-8 text", this.#base + textEnd);
  }

  #read(bytes: Uint8Array, from: number, to: number): void {
    let i = from;
    while (i < to) {
      switch (this.#state) {
        case state.settled:
          return;
        case state.skip:
          i = this.#skip.read(bytes, i, to);
          if (this.#skip.done) this.#state = this.#skip.next;
          else if (this.#skip.tooDeep) this.#refuse("the body is nested too deep", this.#base + i - 1);
          break;
        case state.keyText:
        case state.text:
          i = this.#token.read(bytes, i, to);
          if (this.#token.closed) this.#closeString(this.#base + i - 1);
          break;
        default:
          this.#step(bytes[i]!, this.#base + i);
          i++;
      }
    }
  }

  /** The call that the body was found to hold; null without one. */
  get call(): RpcCall | null {
    return this.#params.call;
  }

  end(): Finding | null {
    const complete = this.#state === state.end || this.#state === state.start || this.#state === state.settled;
    if (this.#atDoor && !complete) this.#refuse("the body ends early", this.#fed);
    return this.#finding;
  }

  loginTry(): LoginTry | null {
    return this.#login.result(this.#params);
  }

  /** Takes one byte where structure is read. */
  #step(byte: number, offset: number): void {
    if (this.#state === state.scalar) {
      if (scalarBytes[byte] === 1) return;
      this.#state = state.after;
    }
    if (isBlank(byte)) return;
    switch (this.#state) {
      case state.start:
        return this.#start(byte, offset);
      case state.firstKey:
        return byte === json.closeObject ? this.#closeObject() : this.#key(byte, offset);
      case state.key:
        return this.#key(byte, offset);
      case state.colon:
        return byte === json.colon ? this.#leave(state.value) : this.#misread(byte, offset);
      case state.value:
        return this.#value(byte, offset);
      case state.after:
        if (byte === json.closeObject) return this.#closeObject();
        return byte === json.comma ? this.#leave(state.key) : this.#misread(byte, offset);
      case state.firstItem:
        return this.#firstItem(byte, offset);
      case state.afterFirst:
        return byte === json.comma ? this.#leave(state.secondItem) : this.#skipItems(byte, state.after);
      case state.secondItem:
        return byte === json.quote ? this.#openName("second", this.#login.second!) : this.#skipItems(byte, state.after);
      case state.pairs:
        return this.#pairs(byte);
      case state.pair:
        return byte === json.quote ? this.#openText("pair") : this.#skipItems(byte, state.pairs);
      default:
        return this.#misread(byte, offset);
    }
  }

  #start(byte: number, offset: number): void {
    if (byte === json.openObject) return this.#leave(state.firstKey);
    // A UTF-8 byte order mark: no worker that we know accepts it, a lenient one would read on.
    const marked = !this.#atDoor && offset < 3 && byteOrderMark.has(byte);
    if (!marked) this.#misread(byte, offset);
  }

  #key(byte: number, offset: number): void {
    if (byte !== json.quote) return this.#misread(byte, offset);
    this.#keyOffset = offset;
    this.#token.open();
    this.#state = state.keyText;
  }

  #openText(place: Place): void {
    this.#place = place;
    this.#token.open();
    this.#state = state.text;
  }

  #closeString(offset: number): void {
    if (this.#token.malformed) return this.#misread(json.quote, offset);
    return this.#state === state.keyText ? this.#closeKey() : this.#closeText();
  }

  #closeText(): void {
    const text = this.#token.value;
    switch (this.#place) {
      case "first":
        this.#params.firstText(text);
        return this.#login.second === null ? this.#skipRest(1, state.after) : this.#leave(state.afterFirst);
      case "second":
        return this.#skipRest(1, state.after);
      case "login":
        return this.#leave(state.after);
      case "pair":
        if (text.is("service") || text.is("db")) return this.#refuse("`params` is a list of pairs", this.#keyOffset);
        return this.#skipRest(1, state.pairs);
      default:
        this.#settle(this.#params.text(this.#place as ParamName, text, this.#keyOffset));
        return this.#leave(state.after);
    }
  }

  #closeKey(): void {
    const place = this.#placeOf();
    this.#place = place;
    this.#state = state.colon;
    if (place === "params") {
      if (this.#paramsSeen && this.#atDoor) return this.#refuse("`params` is repeated", this.#keyOffset);
      this.#paramsSeen = true;
    } else if (place !== "other" && place !== "login") this.#params.member(place);
  }

  #placeOf(): "params" | ParamName | "login" | "other" {
    const { value } = this.#token;
    if (!this.#inParams) return value.is("params") ? "params" : "other";
    for (const name of paramNames) if (value.is(name)) return name;
    return this.#login.isLogin(value) ? "login" : "other";
  }

  #value(byte: number, offset: number): void {
    if (this.#place === "params") return this.#paramsValue(byte, offset);
    if (this.#place === "login" && byte === json.quote) return this.#openName("login", this.#login.name);
    if (this.#place === "login" || this.#place === "other") return this.#otherValue(byte, offset);
    if (byte === json.quote) return this.#openText(this.#place);
    if (byte === json.openList && this.#place === "args") return this.#leave(state.firstItem);
    this.#settle(this.#params.other(this.#place as ParamName, this.#keyOffset));
    this.#otherValue(byte, offset);
  }

  #paramsValue(byte: number, offset: number): void {
    if (byte === json.openObject) {
      this.#inParams = true;
      this.#params.open(this.#keyOffset);
      return this.#leave(state.firstKey);
    }
    if (this.#atDoor) return this.#refuse("`params` must be an object", this.#keyOffset);
    // Workers make a dictionary of a list of pairs.
    if (byte === json.openList) return this.#leave(state.pairs);
    this.#otherValue(byte, offset);
  }

  #otherValue(byte: number, offset: number): void {
    if (scalarBytes[byte] === 1) return this.#leave(state.scalar);
    return opensValue(byte) ? this.#skipWith(byte, 0, state.after) : this.#misread(byte, offset);
  }

  #openName(place: Place, name: LoginName): void {
    this.#place = place;
    this.#token.openName(name);
    this.#state = state.text;
  }

  #firstItem(byte: number, offset: number): void {
    if (byte === json.closeList) return this.#leave(state.after);
    if (byte === json.quote) return this.#openText("first");
    this.#params.firstOther();
    const readable = opensValue(byte) || scalarBytes[byte] === 1;
    return readable ? this.#skipWith(byte, 1, state.after) : this.#misread(byte, offset);
  }

  #pairs(byte: number): void {
    if (byte === json.closeList) this.#state = state.after;
    else if (byte === json.openList || byte === json.openObject) this.#state = state.pair;
    else if (byte === json.quote) this.#skipWith(byte, 0, state.pairs);
  }

  /** Skips to the end of the list at hand, of which `byte` is the next; then reads on in state `next`. */
  #skipItems(byte: number, next: State): void {
    if (byte === json.closeList || byte === json.closeObject) return this.#leave(next);
    this.#skipWith(byte, 1, next);
  }

  /** Skips to the end of what has `open` brackets open; then reads on in state `next`. */
  #skipRest(open: number, next: State): void {
    this.#skip.begin(open, next);
    this.#leave(state.skip);
  }

  /** The same where `byte` begins a value within them. */
  #skipWith(byte: number, open: number, next: State): void {
    this.#skip.beginWith(byte, open, next);
    this.#leave(state.skip);
  }

  #closeObject(): void {
    if (this.#inParams) {
      this.#inParams = false;
      this.#settle(this.#params.close());
      return this.#leave(state.after);
    }
    this.#state = state.end;
    if (this.#rpcDoor && !this.#paramsSeen) this.#refuse("`params` is missing", 0);
  }

  /** Goes on in state `next`, unless the verdict is known. */
  #leave(next: State): void {
    if (this.#state !== state.settled) this.#state = next;
  }

  #settle(finding: Finding | null): void {
    if (finding === null) return;
    this.#finding ??= finding;
    this.#state = state.settled;
  }

  /** What stands here is no JSON: refused at a door, unreadable for every worker elsewhere, if it is no UTF-16. */
  #misread(byte: number, offset: number): void {
    if (this.#atDoor) return this.#refuse("the body is not a JSON object that can be read with certainty", offset);
    if (this.#typed && wideBytes.has(byte)) return this.#refuse("the body is not UTF-8", offset);
    this.#state = state.settled;
  }

  #refuse(reason: string, offset: number): void {
    this.#settle({ reading: "json", key: "body", offset, reason });
  }
}
