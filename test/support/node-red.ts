import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, readText } from './project';

/** Nothing that would ask another computer, and a port that the system chooses. */
const SETTINGS = {
  uiHost: '127.0.0.1',
  uiPort: 0,
  flowFile: 'flows.json',
  credentialSecret: false,
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { autoInstall: false, palette: { allowInstall: false, allowUpload: false } },
  editorTheme: { tours: false },
};

/** Nobody is left to end a Node-RED whose parent was killed. */
const END_WITH_PARENT = "process.once('disconnect', () => process.exit());";

/**
 * Makes a user folder of Node-RED in which the package of this checkout is installed, as `npm link` would do it.
 * @param flow what stands in the flow file
 * @param settings what is to be otherwise than usual
 */
export function prepareUserDir(userDir: string, flow: unknown[], settings: object = {}): void {
  const text = JSON.stringify({ ...SETTINGS, ...settings });
  writeFileSync(
    path.join(userDir, 'settings.js'),
    `${END_WITH_PARENT}\nmodule.exports = ${text};\n`,
  );
  writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flow));
  const { name } = JSON.parse(readText('package.json'));
  const modules = path.join(userDir, 'node_modules');
  mkdirSync(modules, { recursive: true });
  if (!existsSync(path.join(modules, name))) {
    symlinkSync(ROOT, path.join(modules, name), 'junction');
  }
}

/** A real Node-RED in a process of its own, on a folder that `prepareUserDir` made. */
export class NodeRed {
  readonly child: ChildProcess;
  /** Where it answers, as `http://127.0.0.1:41234`; once its flows run. */
  readonly ready: Promise<string>;
  #output = '';

  constructor(userDir: string) {
    this.child = spawn(
      process.execPath,
      [require.resolve('node-red/red.js'), '--userDir', userDir],
      { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
    );
    this.ready = new Promise((resolve, reject) => {
      const listen = (piece: Buffer): void => {
        this.#output += piece;
        const url = /now running at (http:\/\/[\w.:]+)/.exec(this.#output)?.[1];
        if (url !== undefined && this.#output.includes('Started flows')) resolve(url);
        if (this.#output.includes('Waiting for missing types')) {
          reject(new Error(`Node-RED lacks nodes of the flow:\n${this.#output}`));
        }
      };
      this.child.stdout?.on('data', listen);
      this.child.stderr?.on('data', listen);
      this.child.once('exit', () => reject(new Error(`Node-RED ended:\n${this.#output}`)));
    });
    // Who does not ask for it is told of the end by the child.
    this.ready.catch(() => {});
  }

  /** All that it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Asks it to end, and waits until it has. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.kill();
    });
  }
}
