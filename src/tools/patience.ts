/** Resolves when `work` is done, however it ends, or has been waited for so many milliseconds, or is given up. */
export function within(milliseconds: number, work: Promise<unknown>, given: AbortSignal): Promise<void> {
  if (given.aborted) return Promise.resolve();
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      given.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    given.addEventListener('abort', end, { once: true });
    work.then(end, end);
  });
}
