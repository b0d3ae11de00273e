/** A text that is no address, or no range of addresses. */
export class AddressFormatError extends Error {
  override readonly name = 'AddressFormatError';
  readonly code = 'ADDRESS_FORMAT';
  /** The text that was given. */
  readonly text: string;

  constructor(text: string, expected: string) {
    super(`${JSON.stringify(text)} is not ${expected}`);
    this.text = text;
  }
}
