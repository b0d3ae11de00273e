/** nobody, and its group: the kernel's overflow ids, which own nothing. */
export const NOBODY = 65_534;

/** The words before a command that run it as nobody. Its capabilities go with the user (capabilities(7)). */
export const AS_NOBODY: readonly string[] = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
