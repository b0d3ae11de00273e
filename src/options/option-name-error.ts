import { nearestName } from './nearest-name.js';
import { showValue } from './option-value-error.js';

/** A name that is no option's, or an option that cannot be used in the way that was asked for. */
export class OptionNameError extends Error {
  override readonly name = 'OptionNameError';
  readonly code: 'OPTION_UNKNOWN' | 'OPTION_ACCESS';
  readonly option: string;

  constructor(code: 'OPTION_UNKNOWN' | 'OPTION_ACCESS', option: string, message: string) {
    super(message);
    this.code = code;
    this.option = option;
  }
}

/** The error for a name that is no option's, with the name that was probably meant. */
export function unknownOption(option: unknown, names: readonly string[]): OptionNameError {
  const shown = typeof option === 'string' ? option : showValue(option);
  const nearest = typeof option === 'string' ? nearestName(option, names) : undefined;
  const hint = nearest === undefined ? 'docs/options.md lists them' : `did you mean ${nearest}?`;
  return new OptionNameError('OPTION_UNKNOWN', shown, `there is no option ${shown}; ${hint}`);
}
