import type { Finding } from '../../tools/doctor.js';
import { harmless } from '../harmless.js';

/** A line for each thing; below what is refused, the reason and the command that mends it. */
export function doctorText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings.map(finding => findingText(finding, width)).join('');
}

function findingText({ name, about, allowed, reason, mend }: Finding, width: number): string {
  const indent = ' '.repeat(5);
  const lines = [`${allowed ? 'yes' : 'NO '}  ${name.padEnd(width)}  ${about}`];
  if (reason !== null) lines.push(`${indent}why:  ${harmless(reason)}`);
  if (mend !== null) lines.push(`${indent}mend: ${mend}`);
  return `${lines.join('\n')}\n`;
}
