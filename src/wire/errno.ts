import { LINUX } from './constants.generated.js';

/** An errno's name in the kernel's headers. */
export type ErrnoName = Extract<keyof typeof LINUX, `E${string}`>;

const names = new Map<number, ErrnoName>();
for (const [name, number] of Object.entries(LINUX)) {
  if (/^E[A-Z0-9]+$/.test(name)) names.set(number, name as ErrnoName);
}

/** "EPERM" for 1; undefined for a number that is no errno (errno(3)). */
export function errnoName(errno: number): ErrnoName | undefined {
  return names.get(errno);
}
