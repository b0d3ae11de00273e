import type { PingProgress } from '../../tools/ping-options.js';
import { counted, grouped } from './numbers.js';

/**
 * `12,000 of 65,534 targets, 11,998 answered, 9,876 probes/s, 1.2 s`
 * @param targets how many there are, where that is known.
 */
export function progressText({ finished, answered, sent, elapsed }: PingProgress, targets?: number): string {
  const all =
    targets === undefined ? counted(finished, 'target') : `${grouped(finished)} of ${counted(targets, 'target')}`;
  const rate = elapsed > 0 ? grouped(Math.round((sent / elapsed) * 1000)) : '0';
  const seconds = (elapsed / 1000).toFixed(1);
  return `${all}, ${grouped(answered)} answered, ${rate} probes/s, ${seconds} s`;
}
