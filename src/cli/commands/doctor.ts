import { canPing, doctor } from '../../tools/doctor.js';
import { createParser, parseArguments } from '../command-line.js';
import { ANSWERED, type ExitStatus, UNANSWERED } from '../exit-status.js';
import { doctorText } from '../formats/doctor-text.js';
import { harmlessJson } from '../harmless.js';
import type { Terminal } from '../terminal.js';

/** `subsocket doctor`: exit status 0 where ping can work. */
export async function run(name: string, args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const parser = createParser(name, 'What this process may do, and how to mend what it may not.', terminal)
    .option('--json', 'one JSON object a line')
    .option('-q, --quiet', 'the result only');
  const { json, quiet } = parseArguments(parser, args).opts<{ json?: true; quiet?: true }>();
  const findings = await doctor();
  const shown = quiet ? [] : findings;
  const works = canPing(findings);
  if (json) {
    const refused = findings.filter(({ allowed }) => !allowed).length;
    const result = { type: 'result', ping: works, allowed: findings.length - refused, refused };
    for (const line of [...shown, result]) terminal.out.line(harmlessJson(JSON.stringify(line)));
  } else {
    terminal.out.write(shown.length > 0 ? `${doctorText(shown)}\n` : '');
    terminal.out.line(works ? 'ping can work here' : 'ping cannot work here: mend raw-icmp or ping-socket');
  }
  return works ? ANSWERED : UNANSWERED;
}
