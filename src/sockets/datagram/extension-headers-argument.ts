import { ArgumentError, requireArray, requireBytes, requireObject } from '../../io/argument-error.js';
import type { SendableExtensionHeader } from '../../wire/outgoing-control.js';

/** Refuses, by name and place, what is no header. What a field can hold is checked where it is written. */
export function requireExtensionHeaders(headers: readonly SendableExtensionHeader[]): void {
  for (const [index, header] of requireArray('extensionHeaders', headers).entries()) {
    requireHeader(`extensionHeaders[${index}]`, header);
  }
}

function requireHeader(name: string, header: SendableExtensionHeader): void {
  requireObject(name, header);
  if (header.kind === 'routing') requireBytes(`${name}.data`, header.data);
  else if (header.kind === 'hop-by-hop' || header.kind === 'destination') {
    for (const [index, option] of requireArray(`${name}.options`, header.options).entries()) {
      requireObject(`${name}.options[${index}]`, option);
      requireBytes(`${name}.options[${index}].data`, option.data);
    }
  } else {
    const { kind } = header as { kind?: unknown };
    throw new ArgumentError(`${name}.kind`, kind, "'hop-by-hop', 'destination' or 'routing'");
  }
}
