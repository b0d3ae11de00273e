export { describeNeeding, lackOf, type Need } from './capabilities.js';
export { type Chain, type ChainOptions, chain } from './chain.js';
export type { Finished } from './command.js';
export { Host, type Interface, type RunOptions } from './host.js';
export { Lab, type Link, type LinkOptions } from './lab.js';
export { TunInternet, type TunInternetOptions } from './tun-internet.js';
export { unprivilegedWords } from './unprivileged.js';
export { AS_NOBODY, NOBODY } from './users.js';
