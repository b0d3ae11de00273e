/** A question that is not answered yet. */
export interface OpenQuestion {
  /** From when on its silence counts, in milliseconds of `performance.now()`. */
  since: number;
  /** Resolves when it is answered, or given up; never rejects. */
  ended: Promise<void>;
}

/** One kind of question to DNS, asked once for every address, beside whatever else goes on. */
export class LookUps<Answer> {
  private readonly answers = new Map<string, Answer>();
  private readonly ended = new Map<string, Promise<void>>();
  private readonly open = new Map<string, OpenQuestion>();
  /** When the first question was asked that no answer to any has followed; undefined where DNS owes nothing. */
  private silentSince: number | undefined;

  /** @param ask gives undefined or rejects where DNS knows nothing. */
  constructor(private readonly ask: (address: string) => Promise<Answer | undefined>) {}

  /** Asks, unless that was done before. Resolves when all is known that will be; never rejects. */
  of(address: string): Promise<void> {
    const ended = this.ended.get(address) ?? this.lookUp(address);
    this.ended.set(address, ended);
    return ended;
  }

  /** What is known now. */
  known(address: string): Answer | undefined {
    return this.answers.get(address);
  }

  /** The question about an address, while it is open. Where DNS is silent to all, its silence began with the first of them. */
  openQuestion(address: string): OpenQuestion | undefined {
    const question = this.open.get(address);
    return question && { ...question, since: Math.min(question.since, this.silentSince ?? question.since) };
  }

  private lookUp(address: string): Promise<void> {
    const since = performance.now();
    this.silentSince ??= since;
    const ended = this.ask(address).then(
      answer => {
        this.silentSince = undefined;
        if (answer !== undefined) this.answers.set(address, answer);
      },
      error => {
        if (!isSilence(error)) this.silentSince = undefined;
      },
    );
    this.open.set(address, { since, ended: ended.then(() => void this.open.delete(address)) });
    return ended;
  }
}

/** "No such name" is an answer as well; a question that timed out, or was called off, got none. */
function isSilence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ETIMEOUT' || code === 'ECANCELLED';
}
