// Socket options: setOption and getOption of an int on a net.Socket, beside a C loop and the package sockopt.
import { inTurns, row } from './measure/figures.mjs';
import { benchFolder, compile, runJson, run as runProgram } from './measure/processes.mjs';

const TURNS = 5;
/** Many short rounds, of which the best counts: what disturbs a loop of one system call only ever makes it slower. */
const ROUNDS = [40, 50_000].map(String);

const measureIn = library => () =>
  runJson(process.execPath, ['--expose-gc', `${benchFolder}measure/options.mjs`, library, ...ROUNDS]);

async function measureLimit(program) {
  const { stdout } = await runProgram(program, ROUNDS);
  const [set, get] = stdout.split(' ').map(Number);
  return { set, get };
}

const best = (measured, access) => Math.min(...measured.map(each => each[access]));

export async function run() {
  const program = await compile('option_limit');
  const all = { limit: [], subsocket: [], sockopt: [] };
  const note = (name, measure) => async () => all[name].push(await measure());
  await inTurns(TURNS, {
    limit: note('limit', () => measureLimit(program)),
    subsocket: note('subsocket', measureIn('subsocket')),
    sockopt: note('sockopt', measureIn('sockopt')),
  });
  const ratio = (access, to) => best(all.subsocket, access) / best(all[to], access);
  const growth = Math.min(...all.subsocket.map(({ heapGrowth }) => heapGrowth)) / 1024;
  return [
    row('setOption of an int on a net.Socket', best(all.subsocket, 'set'), 'ns'),
    row('... against setsockopt in a C loop', ratio('set', 'limit'), 'x', { most: 1.6 }),
    row('... against the package sockopt', ratio('set', 'sockopt'), 'x', { most: 1 }),
    row('getOption of an int on a net.Socket', best(all.subsocket, 'get'), 'ns'),
    row('... against getsockopt in a C loop', ratio('get', 'limit'), 'x', { most: 1.6 }),
    row('... against the package sockopt', ratio('get', 'sockopt'), 'x', { most: 1 }),
    row('heap after four million calls and a collection', growth, 'KiB', { most: 64 }),
  ];
}
