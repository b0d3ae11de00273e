/**
 * Characters that a terminal or a reader could be deceived by: C0 and C1 controls (escape sequences), invisible and
 * bidirectional format characters, line separators, and halves of surrogate pairs.
 */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** `text` with such characters spelled out, `\x1b` or `\u202e`, so that text from the network may go to a terminal. */
export function harmless(text: string): string {
  return text.replace(HARMFUL, character => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${hex(code, 2)}` : spelled(code);
  });
}

/** JSON text with such characters as JSON's own escapes: it means the same and is harmless to print. */
export function harmlessJson(json: string): string {
  return json.replace(HARMFUL, character => {
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map(unit => `\\u${hex(unit, 4)}`).join('');
  });
}

function spelled(code: number): string {
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${code.toString(16)}}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** As `harmless`, no longer than `limit` characters: for quoting what somebody gave. */
export function quoted(text: string, limit = 80): string {
  const shown = harmless(text);
  return shown.length <= limit ? shown : `${shown.slice(0, limit - 3)}...`;
}
