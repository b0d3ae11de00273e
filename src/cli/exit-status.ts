/** What the command tells its caller: the question was answered, it was not, or it could not be asked. */
export const ANSWERED = 0;
export const UNANSWERED = 1;
/** The call was wrong, or the system refused: no privilege, no route, no such host. */
export const REFUSED = 2;

export type ExitStatus = typeof ANSWERED | typeof UNANSWERED | typeof REFUSED;
