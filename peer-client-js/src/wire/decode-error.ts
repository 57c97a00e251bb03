/** The only failure of any decoder: where in the bytes, and what is wrong there. */
export class DecodeError extends Error {
  readonly code = 'decode';

  constructor(
    readonly offset: number,
    readonly reason: string,
  ) {
    super(`${reason} at byte ${offset}`);
    this.name = 'DecodeError';
  }
}
