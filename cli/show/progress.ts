import {
  durationText,
  type Note,
  type Phase,
  type Progress,
  ProgressThrottle,
  render,
  say,
  speedText,
  systemClock,
} from '../../src';
import type { Screen } from './screen';

/** Shows how far a job is. */
export interface ProgressView {
  report(progress: Progress): void;
  /** Something else to say meanwhile. */
  say(note: Note): void;
  /** Nothing more comes: the line that stands there goes. */
  end(): void;
}

export function progressView(screen: Screen, json: boolean): ProgressView {
  if (json) return new ProgressJson(screen);
  return screen.isTerminal ? new ProgressBar(screen) : new ProgressLog(screen);
}

/** Says what a person has to do: once, until it is something else. */
class Calls {
  readonly #screen: Screen;
  #last: string | null = null;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  show({ waitsForPerson, code, params }: Progress): void {
    const asked = waitsForPerson ? render(say('cli.call', { what: { code, params } })) : null;
    if (asked !== null && asked !== this.#last) this.#screen.call(asked);
    this.#last = asked ?? this.#last;
  }
}

/** One line on a terminal, rewritten in place. */
class ProgressBar implements ProgressView {
  readonly #screen: Screen;
  readonly #calls: Calls;
  readonly #throttle: ProgressThrottle;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#calls = new Calls(screen);
    this.#throttle = new ProgressThrottle(systemClock, (progress) => {
      this.#calls.show(progress);
      screen.replace(barLine(progress, screen.columns));
    });
  }

  report(progress: Progress): void {
    this.#throttle.report(progress);
  }

  say(note: Note): void {
    this.#screen.line(render(note));
  }

  end(): void {
    this.#throttle.flush();
    this.#screen.clear();
  }
}

/** The longest name of a phase, and a blank. */
const PHASE_WIDTH = 9;
const LONGEST_BAR = 30;
/** What percent, speed and time take at most. */
const NUMBERS_WIDTH = 34;

/**
 * `write    [#########--------------]  38 %  412 kB/s  12 s left`: what it does and how fast, and how far the whole
 * job is; without bytes to count what is going on.
 */
export function barLine(progress: Progress, columns: number): string {
  const { phase, total, bytesPerSecond, code, params } = progress;
  const { overallPercent: percent, overallEtaSeconds: etaSeconds } = progress;
  const name = phase.padEnd(PHASE_WIDTH);
  if (total === 0) return name + render({ code, params });
  const width = Math.min(LONGEST_BAR, Math.max(0, columns - PHASE_WIDTH - NUMBERS_WIDTH));
  const full = Math.floor((width * percent) / 100);
  const bar = width < 8 ? '' : `[${'#'.repeat(full)}${'-'.repeat(width - full)}] `;
  return `${name}${bar}${numbers({ percent, bytesPerSecond, etaSeconds })}`;
}

function numbers({
  percent,
  bytesPerSecond,
  etaSeconds,
}: Pick<Progress, 'percent' | 'bytesPerSecond' | 'etaSeconds'>): string {
  const speed = bytesPerSecond === null ? '' : `  ${speedText(bytesPerSecond)}`;
  const time = durationText((etaSeconds ?? 0) * 1000);
  const left = etaSeconds === null ? '' : `  ${render(say('cli.timeLeft', { time }))}`;
  return `${String(percent).padStart(3)} %${speed}${left}`;
}

/** So often a phase is told in a file or a pipe, percent. */
const STEP = 10;

/** A line for what begins and for each tenth of it: what reads this keeps every line. */
class ProgressLog implements ProgressView {
  readonly #screen: Screen;
  readonly #calls: Calls;
  /** The step that each phase was told at last. */
  readonly #told = new Map<Phase, number>();
  #message = '';

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#calls = new Calls(screen);
  }

  report(progress: Progress): void {
    const { phase, total, percent, code, params, waitsForPerson } = progress;
    if (waitsForPerson) {
      this.#calls.show(progress);
      return;
    }
    if (total === 0) {
      const message = `${phase}: ${render({ code, params })}`;
      if (message !== this.#message) this.#screen.line(message);
      this.#message = message;
      return;
    }
    const step = Math.floor(percent / STEP);
    if (step <= (this.#told.get(phase) ?? -1)) return;
    this.#told.set(phase, step);
    this.#screen.line(`${phase}: ${numbers(progress).trimStart()}`);
  }

  say(note: Note): void {
    this.#screen.line(render(note));
  }

  end(): void {}
}

/** Lines of JSON, as the nodes' second output has its messages. */
class ProgressJson implements ProgressView {
  readonly #screen: Screen;
  readonly #throttle: ProgressThrottle;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#throttle = new ProgressThrottle(systemClock, (progress) =>
      this.#line('progress', progress),
    );
  }

  report(progress: Progress): void {
    this.#throttle.report(progress);
  }

  say(note: Note): void {
    this.#line('notice', { message: render(note), ...note });
  }

  end(): void {
    this.#throttle.flush();
  }

  #line(topic: string, payload: object): void {
    this.#screen.line(JSON.stringify({ topic, payload }));
  }
}
