import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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
 * @param install puts the package into the folder of modules
 */
export function prepareUserDir(
  userDir: string,
  flow: unknown[],
  settings: object = {},
  install: (modules: string) => void = linkPackage,
): void {
  const text = JSON.stringify({ ...SETTINGS, ...settings });
  writeFileSync(
    path.join(userDir, 'settings.js'),
    `${END_WITH_PARENT}\nmodule.exports = ${text};\n`,
  );
  writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flow));
  const modules = path.join(userDir, 'node_modules');
  mkdirSync(modules, { recursive: true });
  install(modules);
}

function linkPackage(modules: string): void {
  const { name } = JSON.parse(readText('package.json'));
  if (!existsSync(path.join(modules, name))) {
    symlinkSync(ROOT, path.join(modules, name), 'junction');
  }
}

/**
 * Packs the package as for its publication, of what was built for the tests, and unpacks it as npm does; what it
 * depends on is that of the checkout, so that no registry is asked.
 */
export function installPacked(modules: string): void {
  const { name, dependencies } = JSON.parse(readText('package.json'));
  const folder = path.join(modules, '..', 'packed');
  mkdirSync(folder);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
  const [archive = ''] = readdirSync(folder);
  execFileSync('tar', ['-xzf', archive], { cwd: folder });
  renameSync(path.join(folder, 'package'), path.join(modules, name));
  for (const dependency of Object.keys(dependencies))
    symlinkSync(
      path.join(ROOT, 'node_modules', dependency),
      path.join(modules, dependency),
      'junction',
    );
  // As the palette's manager leaves it: only what the user folder names is looked at.
  writeFileSync(
    path.join(modules, '..', 'package.json'),
    JSON.stringify({ private: true, dependencies: { [name]: '*' } }),
  );
}

/** A real Node-RED in a process of its own, on a folder that `prepareUserDir` made. */
export class NodeRed {
  readonly child: ChildProcess;
  /** Where it answers, as `http://127.0.0.1:41234`; once its flows run. */
  readonly ready: Promise<string>;
  #output = '';

  /** @param preload a script that runs in it before anything else */
  constructor(userDir: string, preload?: string) {
    this.child = spawn(
      process.execPath,
      [
        ...(preload === undefined ? [] : ['--require', preload]),
        require.resolve('node-red/red.js'),
        '--userDir',
        userDir,
      ],
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
