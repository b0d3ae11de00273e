import { requireArray } from '../../io/argument-error.js';
import { type DescriptorSource, descriptorOf } from '../../io/descriptor.js';
import { requireDescriptorCount } from '../../wire/unix-control.js';

/**
 * The numbers beneath what is to be passed, in order.
 * @throws ArgumentError for what is no array; FieldValueError for more than one message may carry; DescriptorError for what has no descriptor.
 */
export function descriptorNumbers(sources: readonly DescriptorSource[]): number[] {
  requireArray('descriptors', sources);
  requireDescriptorCount(sources.length);
  return sources.map(source => descriptorOf(source));
}
