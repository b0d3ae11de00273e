import type { LiveHop } from '../../engine/trace/live-event.js';
import { harmless } from '../harmless.js';

export interface HopNameSettings {
  numeric: boolean;
  asNumbers: boolean;
}

/** What a hop is called: name or address of who answered most, `???` where nobody did. */
export function hopName({ addresses }: LiveHop, settings: HopNameSettings, index = 0): string {
  const entry = addresses[index];
  if (entry === undefined) return '???';
  const shown = settings.numeric ? entry.address : harmless(entry.name ?? entry.address);
  if (!settings.asNumbers) return shown;
  return `${(entry.as === undefined ? 'AS???' : `AS${entry.as.join('/')}`).padEnd(9)} ${shown}`;
}
