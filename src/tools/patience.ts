/** How long what is shown waits for names that are still being looked up, in milliseconds; probing never does. */
const PATIENCE = 500;

/** Resolves when `work` is done, however it ends, or has been waited for long enough, or is given up. */
export function withPatience(work: Promise<unknown>, given: AbortSignal): Promise<void> {
  if (given.aborted) return Promise.resolve();
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      given.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, PATIENCE);
    given.addEventListener('abort', end, { once: true });
    work.then(end, end);
  });
}
