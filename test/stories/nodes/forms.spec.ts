import assert from 'node:assert/strict';
import { ERROR_CODES, SIZE_PATTERN } from '../../../src';
import { projectFiles, readText } from '../../support/project';

/** The settings of the contract, with their defaults. */
const DEFAULTS: Record<string, Record<string, unknown>> = {
  'bk-device': {
    name: '',
    port: '',
    chip: 'auto',
    baud: 'auto',
    reset: 'auto',
    linkTimeout: 60,
    idle: 10,
    after: 'reboot',
    record: 'failures',
    recordFolder: 'bk-records',
    passwordForMessages: false,
  },
  'bk-connect': { name: '', device: '' },
  'bk-read': {
    name: '',
    device: '',
    memory: 'flash',
    offset: '0',
    offsetType: 'size',
    length: '',
    lengthType: 'size',
    output: 'buffer',
    folder: 'bk-backups',
    filename: '',
    filenameType: 'str',
    keep: 0,
    keepDays: 0,
    keepFirst: true,
    incremental: true,
    fileMode: 'owner',
  },
  'bk-write': {
    name: '',
    device: '',
    source: 'payload',
    filename: '',
    filenameType: 'str',
    release: 'openbeken',
    releaseVersion: '',
    releaseServer: '',
    folder: 'bk-backups',
    offset: 'auto',
    offsetType: 'size',
    part: 'image',
    skip: '',
    skipType: 'size',
    length: '',
    lengthType: 'size',
    backup: 'once',
    unchanged: 'skip',
    bootloader: 'keep',
    openbeken: false,
    anyImage: false,
    dryRun: false,
    startCheck: false,
  },
  'bk-erase': {
    name: '',
    device: '',
    region: 'app',
    offset: '',
    offsetType: 'size',
    length: '',
    lengthType: 'size',
    calibration: 'keep',
    backup: 'once',
    bootloader: 'keep',
    dryRun: false,
  },
  'bk-inspect': { name: '', folder: '', secrets: 'hide' },
  'bk-port': {
    name: '',
    source: 'adapters',
    hosts: '',
    interval: 300,
    filter: '',
    tellOf: 'appeared',
    alreadyThere: false,
    settle: 1,
  },
  'bk-queue': {
    name: '',
    server: '127.0.0.1',
    serverPort: 6379,
    user: '',
    tls: false,
    database: 0,
    queueName: 'bk72xx',
    lostAfter: 60,
    storeLimit: '256M',
    keepDays: 7,
  },
  'bk-enqueue': {
    name: '',
    queue: '',
    operation: 'write',
    target: '',
    targetType: 'str',
    priority: 'normal',
    tries: 3,
    source: 'payload',
    filename: '',
    filenameType: 'str',
    release: 'openbeken',
    releaseVersion: '',
    memory: 'flash',
    region: 'app',
    offset: '',
    offsetType: 'size',
    length: '',
    lengthType: 'size',
    skip: '',
    skipType: 'size',
    part: 'image',
    output: 'buffer',
    incremental: true,
    backup: 'once',
    share: false,
    unchanged: 'skip',
    calibration: 'keep',
    bootloader: 'keep',
    openbeken: false,
    dryRun: false,
    startCheck: false,
    anyImage: false,
  },
  'bk-worker': {
    name: '',
    queue: '',
    device: '',
    allowRead: true,
    allowWrite: true,
    allowErase: false,
    largestImage: '4M',
    folder: 'bk-backups',
    allowBootloader: false,
    allowCalibration: false,
    allowAnyImage: false,
    allowNoBackup: false,
  },
};

const CONFIGS = ['bk-device', 'bk-queue'];
/** Sections of the help, where they are not inputs, outputs and details. */
const SECTIONS: Record<string, string[]> = {
  'bk-device': ['Properties', 'Details'],
  'bk-queue': ['Properties', 'Details'],
  'bk-worker': ['Properties', 'Outputs', 'Details'],
};

interface Definition {
  defaults: Record<string, { value: unknown; validate?: (value: unknown, opt: object) => unknown }>;
  outputs?: number;
}

type Catalogue = { [key: string]: string | Catalogue };

function catalogueOf(type: string): Catalogue {
  return JSON.parse(readText(`nodes/locales/en-US/${type}.json`));
}

/** What the editor would get to know by running the script of a form. */
function definitionOf(type: string): Definition {
  const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(
    readText(`nodes/${type}.html`),
  );
  let found: Definition | null = null;
  const RED = {
    nodes: {
      registerType: (name: string, definition: Definition) => {
        assert.equal(name, type);
        found = definition;
      },
    },
  };
  new Function('RED', script?.[1] ?? '')(RED);
  assert.ok(found);
  return found;
}

/** Texts of the device that the script for the browser asks for, of which there are two in one place. */
function keysOfScript(): string[] {
  const files = projectFiles('nodes/flasher/editor').filter((file) =>
    readText(file).includes("/form-texts'"),
  );
  return files.flatMap((file) =>
    [...readText(file).matchAll(/\btext\(([^)]*)\)/g)].flatMap(([, what]) =>
      [...(what ?? '').matchAll(/'([a-z][\w.]*)'/gi)].map(([, key]) => key ?? ''),
    ),
  );
}

function keysOf(catalogue: Catalogue, prefix = ''): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  );
}

for (const [type, defaults] of Object.entries(DEFAULTS)) {
  describe(`the form of ${type}`, () => {
    const html = readText(`nodes/${type}.html`);
    const definition = definitionOf(type);

    it('has the settings of the contract with their defaults', () => {
      const values = Object.entries(definition.defaults).map(([key, { value }]) => [key, value]);
      assert.deepEqual(Object.fromEntries(values), defaults);
    });

    it('has a field for every setting', () => {
      const prefix = CONFIGS.includes(type) ? 'node-config-input' : 'node-input';
      for (const setting of Object.keys(defaults))
        assert.ok(html.includes(`id="${prefix}-${setting}"`), setting);
    });

    it('has a text for every key, and a use for every text', () => {
      const used = new Set(
        [...html.matchAll(/\b(bk-[a-z]+(?:\.\w+)+)/g)]
          .map(([key]) => key)
          .filter((key) => !/\.(svg|html|js)$/.test(key)),
      );
      if (type === 'bk-device') for (const key of keysOfScript()) used.add(`${type}.${key}`);
      const existing = keysOf(catalogueOf(type)).filter((key) => !key.includes('.status.'));
      assert.deepEqual([...used].sort(), existing.sort());
    });

    it('takes its own defaults as valid', () => {
      for (const [name, { value, validate }] of Object.entries(definition.defaults)) {
        if (validate === undefined || name === 'port') continue;
        assert.equal(validate.call({ _: (key: string) => key }, value, {}), true, name);
      }
    });

    it('explains what is wrong: validators have two parameters and return a text that exists', () => {
      const texts = keysOf(catalogueOf(type));
      for (const [name, { validate }] of Object.entries(definition.defaults)) {
        if (validate === undefined) continue;
        assert.equal(validate.length, 2, name);
        const said = validate.call({ _: (key: string) => key }, name === 'port' ? ' ' : '-5', {});
        assert.ok(texts.includes(String(said)), `${name}: ${said}`);
      }
    });

    it('understands sizes as the runtime does', () => {
      for (const [, source] of html.matchAll(/isSize = \/(.+)\/i;/g))
        assert.equal(source, SIZE_PATTERN.source);
      for (const name of ['offset', 'length', 'skip']) {
        const validate = definition.defaults[name]?.validate;
        const judge = (value: string) => validate?.call({ _: () => 'wrong' }, value, {}) ?? true;
        for (const good of ['', '0', '4096', '0x11000', '64K', '2 m'])
          assert.equal(judge(good), true, `${name}: ${good}`);
        if (validate) for (const bad of ['x', '1.5K', '4G']) assert.equal(judge(bad), 'wrong');
      }
    });

    it('has help with the sections that Node-RED asks for', () => {
      const help = readText(`nodes/locales/en-US/${type}.html`);
      const sections = SECTIONS[type] ?? ['Inputs', 'Outputs', 'Details'];
      for (const section of [...sections, 'References'])
        assert.ok(help.includes(`\n### ${section}\n`), section);
    });

    it('has help whose property lists the editor can read', () => {
      const help = readText(`nodes/locales/en-US/${type}.html`);
      const properties = help.split('\n').filter((line) => /^\s*: /.test(line));
      assert.ok(properties.length > 0);
      // One colon more, and the editor cuts the line in two.
      for (const line of properties) assert.match(line, /^ *: [^:]+ \([a-z ]+\) : [^:]+$/);
    });

    if (!CONFIGS.includes(type)) {
      it('has two outputs with names', () => assert.equal(definition.outputs, 2));
    }
  });
}

describe('the catalogue of badges', () => {
  it('has a text for every error code', () => {
    const keys = keysOf(catalogueOf('bk-device'));
    for (const code of ERROR_CODES) assert.ok(keys.includes(`bk-device.status.${code}`), code);
  });
});

describe('the icons', () => {
  it('are 40 × 60, white on transparent, with a title', () => {
    const icons = projectFiles('icons');
    assert.equal(icons.length, 10);
    for (const icon of icons) {
      const svg = readText(icon);
      assert.match(svg, /viewBox="0 0 40 60" width="40" height="60"/);
      assert.match(svg, /<title>.+<\/title>/);
      for (const [, colour] of svg.matchAll(/(?:fill|stroke)="([^"]+)"/g))
        assert.ok(colour === 'none' || colour === '#fff', `${icon}: ${colour}`);
    }
  });
});
