/** A value that an option cannot have. It is refused before any system call. */
export class OptionValueError extends RangeError {
  override readonly name = 'OptionValueError';
  readonly code = 'OPTION_VALUE';
  /** The option, by its name in the kernel: `IP_TTL`. */
  readonly option: string;
  readonly value: unknown;
  /** What is wrong with it, and what is allowed. */
  readonly reason: string;

  /** @param path the option's name, and the member of a structure after a point: `SO_LINGER.linger`. */
  constructor(path: string, value: unknown, reason: string) {
    super(`${path}: ${showValue(value)} is refused: ${reason}`);
    this.option = path.split('.', 1)[0] ?? path;
    this.value = value;
    this.reason = reason;
  }
}

const LONGEST_SHOWN = 80;

/** A value as an error shows it: strings quoted, objects as JSON, anything long cut. */
export function showValue(value: unknown): string {
  const text = valueText(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}

function valueText(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner));
  } catch {
    return Object.prototype.toString.call(value);
  }
}
