/** Text from outside (names, URLs, errors, commands) before it stands in a terminal or in a page. */

// Control characters move a terminal's cursor; marks of direction and of no width make text read as another.
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/gu;

/** The text on one line, with a question mark for each character that a reader would not see. */
export function plainText(text: string): string {
  return text.replace(UNSEEN, "?");
}

/** The text for an element or an attribute of HTML or XML. */
export function markupText(text: string): string {
  return plainText(text).replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** No longer than so many characters; an ellipsis stands for what was cut. */
export function clipped(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
