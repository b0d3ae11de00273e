/** Why a server could not be handed over or taken over. */
export type HandOverErrorCode = 'PROTOCOL' | 'NOT_ALLOWED' | 'NO_OFFER' | 'TAKEN_BY_ANOTHER' | 'GIVEN_UP';

/** A hand-over that did not happen. The old process goes on serving. */
export class HandOverError extends Error {
  override readonly name = 'HandOverError';
  readonly code: HandOverErrorCode;

  constructor(code: HandOverErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
