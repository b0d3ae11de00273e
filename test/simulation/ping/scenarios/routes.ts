import type { Fault, LinkSpec, RouterSpec, RouteSpec, Scenario } from '../../../support/simulation/scenario.js';
import type { Places } from '../ping-scenario.js';

/** Every address of the family. */
export function everywhere({ family }: Places): string {
  return family === 4 ? '0.0.0.0/0' : '::/0';
}

/** One way to everywhere. */
export function route(places: Places, spec: Partial<RouteSpec>): Partial<Scenario> {
  return { routes: [{ to: everywhere(places), path: [{ address: places.router }], ...spec }] };
}

/** One router, and this on the way back from the target. */
export function back(...faults: Fault[]): (places: Places) => Partial<Scenario> {
  return places => route(places, { link: { back: faults } });
}

/** Two routers, the first of which is special. */
export function routers(places: Places, special: Omit<RouterSpec, 'address'>, link?: LinkSpec): Partial<Scenario> {
  return route(places, {
    path: [
      { address: places.router, ...special },
      { address: places.secondRouter, ...(link && { link }) },
    ],
  });
}
