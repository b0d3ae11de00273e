/** What a shell reads as it stands. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A text as one word of a POSIX shell (XCU 2.2.2): quoted where it needs to be, which holds inside of `"$(...)"` too. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
