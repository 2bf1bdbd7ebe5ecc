import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as pty from '@lydell/node-pty';
import { ROOT } from './project';

/** The command as it was compiled with the tests, so that what it reaches counts. */
const PROGRAM = join(ROOT, 'dist-test', 'cli', 'bk72xx.js');

export interface Ended {
  status: number | null;
  stdout: string;
  /** The same, byte by byte. */
  bytes: Buffer;
  stderr: string;
}

/** The command with its output in pipes, while it runs. */
export interface Piped {
  /** What it has said on standard error by now. */
  heard(): string;
  /** Resolves with what it has said when that matches. */
  hears(pattern: RegExp): Promise<string>;
  /** The same of standard output. */
  prints(pattern: RegExp): Promise<string>;
  /** Nobody reads its standard output any more. */
  deafen(): void;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<Ended>;
}

/** Starts the command, as a script would. @param preload a script that runs in it before anything else */
export function pipe(words: readonly string[], folder: string, preload?: string): Piped {
  const before = preload === undefined ? [] : ['--require', preload];
  const child = spawn(process.execPath, [...before, PROGRAM, ...words], {
    cwd: folder,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err = new Heard();
  const printed = new Heard();
  child.stdout.on('data', (bytes: Buffer) => {
    out.push(bytes);
    printed.add(bytes.toString('utf8'));
  });
  child.stderr.on('data', (bytes: Buffer) => err.add(bytes.toString('utf8')));
  const ended = once(child, 'close').then(([status]) => {
    err.end();
    printed.end();
    const bytes = Buffer.concat(out);
    return { status, stdout: bytes.toString('utf8'), bytes, stderr: err.text };
  });
  return {
    heard: () => err.text,
    hears: (pattern) => err.matches(pattern),
    prints: (pattern) => printed.matches(pattern),
    deafen: () => {
      child.stdout.destroy();
    },
    kill: (signal) => {
      child.kill(signal);
    },
    ended,
  };
}

/** The command in a terminal of its own, as a person sees it. */
export interface Terminal {
  hears(pattern: RegExp): Promise<string>;
  /** What the keyboard sends; Ctrl+C is \x03. */
  type(keys: string): void;
  /** Resolves with the exit status and all that was shown. */
  ended: Promise<{ status: number; text: string }>;
}

export function terminal(words: readonly string[], folder: string, columns = 100): Terminal {
  const child = pty.spawn(process.execPath, [PROGRAM, ...words], {
    cols: columns,
    rows: 30,
    cwd: folder,
    env: plainEnvironment(),
  });
  const heard = new Heard();
  child.onData((text) => heard.add(text));
  const ended = new Promise<{ status: number; text: string }>((resolve) => {
    child.onExit(({ exitCode }) => {
      heard.end();
      resolve({ status: exitCode, text: heard.text });
    });
  });
  return {
    hears: (pattern) => heard.matches(pattern),
    type: (keys) => child.write(keys),
    ended,
  };
}

/** Of the surroundings only what every program needs: no colours, scripts or coverage of whoever runs the tests. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { npm_lifecycle_event: _, NO_COLOR: __, FORCE_COLOR: ___, ...env } = process.env;
  return { ...env, TERM: 'xterm' };
}

/** Text that comes in pieces, and who waits for it. */
class Heard {
  text = '';
  #isOver = false;
  readonly #waiting = new Set<() => void>();

  add(text: string): void {
    this.text += text;
    this.#tell();
  }

  end(): void {
    this.#isOver = true;
    this.#tell();
  }

  matches(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(this.text)) resolve(this.text);
        else if (this.#isOver) reject(new Error(`${pattern} was never said in: ${this.text}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look();
  }
}
