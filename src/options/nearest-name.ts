/**
 * The one of `names` that was probably meant: the shortest that ends with `wrong` (`IP_TTL` for `ttl`), or the one that
 * differs in the fewest letters, if that are few enough to be a slip.
 */
export function nearestName<Name extends string>(wrong: string, names: readonly Name[]): Name | undefined {
  const text = wrong.toUpperCase();
  // No name is as long as that, and comparing takes as long as both together.
  if (text.length > LONGEST) return undefined;
  const endings = names.filter(name => name.endsWith(`_${text}`)).sort((one, other) => one.length - other.length);
  const [shortest, next] = endings;
  return shortest?.length === next?.length ? nearestSpelling(text, names) : shortest;
}

const LONGEST = 64;

function nearestSpelling<Name extends string>(text: string, names: readonly Name[]): Name | undefined {
  let nearest: Name | undefined;
  let least = Math.max(3, Math.floor(text.length / 3) + 1);
  for (const name of names) {
    const distance = editDistance(text, name);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** Damerau's distance: how many letters to insert, delete or replace, and neighbours to swap. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swaps = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = swaps ? (beforePrevious[column - 2] ?? 0) + 1 : replaced;
      current.push(Math.min(replaced, swapped, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[to.length] ?? 0;
}
