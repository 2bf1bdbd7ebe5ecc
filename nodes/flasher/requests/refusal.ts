import { BkError, type Note } from '../../../src';

/** A request that is not carried out, with the HTTP status that says so. */
export class Refusal extends Error {
  readonly status: number;
  /** What the browser shows. */
  readonly shown: BkError;

  constructor(status: number, text: Note, ...advice: Note[]) {
    super(text.code);
    this.status = status;
    this.shown = new BkError('BK_BAD_SETTING', text, { phase: 'open', advice });
  }
}
