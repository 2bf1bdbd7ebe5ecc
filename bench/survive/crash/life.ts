import type { ChildProcess } from 'node:child_process';
import { atEnd } from './clean-up';
import type { CrashJob } from './job';

/** A process that has not ended by then hangs, ms; Node-RED takes some seconds of it to start. */
const PATIENCE_MS = 90_000;

/** What became of one process that was given a job. */
export interface Life {
  /** By chance, as planned. */
  killed: boolean;
  /** The last phase that it told of. */
  phase: string;
  /** From the start of the process to that of the job. */
  startMs: number;
  /** From the start of the job to its end, or to that of the process. */
  ms: number;
  /** Why the job did not end well; null if it did, or if the process was killed. */
  error: string | null;
  /** The payload of its result. */
  result: unknown;
  /** All that it printed. */
  output: string;
}

/** What the processes of one trial share. */
export interface Place {
  /** A folder of their own. */
  root: string;
  /** The chip's. */
  port: string;
}

/** Starts a process, gives it the job, and kills it after so many ms of it unless the job ends before. */
export type Live = (killAfter: number | null) => Promise<Life>;

/** Prepares the place, and gives the way to start one process after the other in it. */
export type Host = (place: Place, job: CrashJob) => Live;

/** A process from its start to its end. Real processes take real time: no clock is injected here. */
export class Watch {
  /** Resolves when the process is gone. */
  readonly over: Promise<Life>;
  readonly #life: Life = {
    killed: false,
    phase: 'start',
    startMs: 0,
    ms: 0,
    error: 'it exited by itself',
    result: undefined,
    output: '',
  };
  readonly #child: ChildProcess;
  readonly #killAfter: number | null;
  readonly #started = performance.now();
  #begun: number | null = null;
  #ended: number | null = null;
  #killer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, killAfter: number | null) {
    this.#child = child;
    this.#killAfter = killAfter;
    const kill = atEnd(() => child.kill('SIGKILL'));
    const patience = setTimeout(() => this.failed('it hung'), PATIENCE_MS);
    const listen = (piece: Buffer): void => {
      this.#life.output += piece;
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    this.over = new Promise((resolve) => {
      child.once('exit', () => {
        clearTimeout(patience);
        clearTimeout(this.#killer);
        kill();
        const ended = this.#ended ?? performance.now();
        const begun = this.#begun ?? ended;
        this.#life.startMs = begun - this.#started;
        this.#life.ms = ended - begun;
        resolve(this.#life);
      });
    });
  }

  /** The job begins; from here on the time runs. */
  began(): void {
    this.#begun = performance.now();
    if (this.#killAfter === null) return;
    this.#killer = setTimeout(() => {
      this.#life.killed = true;
      this.#end(null);
    }, this.#killAfter);
  }

  reached(phase: string): void {
    this.#life.phase = phase;
  }

  succeeded(result: unknown): void {
    this.#life.result = result;
    this.#end(null);
  }

  failed(error: string): void {
    this.#end(error);
  }

  /** What is told after that was on the way when the process died. */
  #end(error: string | null): void {
    if (this.#ended !== null) return;
    this.#ended = performance.now();
    clearTimeout(this.#killer);
    this.#life.error = error;
    this.#child.kill('SIGKILL');
  }
}
