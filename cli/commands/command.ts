import type { JobControl, JobFacts, Note } from '../../src';
import type { Explained } from '../words/help';
import type { Given, OptionTable } from '../words/option';

/** What a command is given besides its words. */
export interface Surroundings {
  /** Signal of Ctrl+C, and where progress goes. */
  readonly control: Required<Pick<JobControl, 'signal' | 'onProgress'>>;
  /** Where relative paths begin. */
  readonly folder: string;
  /** Whether what goes to standard output is read by a person. */
  readonly toTerminal: boolean;
  /** Shows a line at once, for a command that has no end of its own; on standard output. */
  line(text: string): void;
  /** The same on standard error. */
  complain(text: string): void;
  /** Says something by the way, where progress goes. */
  say(note: Note): void;
}

/** What came out. */
export interface Outcome {
  /** As the node's `msg.payload`, for `--json`. */
  result: unknown;
  /** As the node's `msg.bk`; null where no chip was asked. */
  facts: JobFacts | null;
  /** The same for a person. */
  text: string;
  /** It went well, and found something that did not: the exit status says so. */
  unsound?: boolean;
  /** Goes to standard output as it is; the text then goes beside it. */
  bytes?: Buffer;
}

/** One command; what it takes is data, from which its help and its checks are made. */
export interface Command extends Explained {
  /** What the first Ctrl+C brings about, for commands that do not end at once. */
  readonly stopping?: Note;
  /** @returns what to show, or the exit status of a command that has shown everything itself */
  run(
    options: Readonly<Record<string, unknown>>,
    operand: string | null,
    surroundings: Surroundings,
  ): Promise<Outcome | number>;
}

interface Definition<Table extends OptionTable> extends Explained {
  readonly options: Table;
  readonly stopping?: Note;
  run(
    options: Given<Table>,
    operand: string | null,
    surroundings: Surroundings,
  ): Promise<Outcome | number>;
}

/** A command whose code gets its options with the types that their table says. */
export function command<Table extends OptionTable>(definition: Definition<Table>): Command {
  return {
    ...definition,
    run: (options, operand, surroundings) =>
      definition.run(options as Given<Table>, operand, surroundings),
  };
}
