import assert from 'node:assert/strict';
import { load } from 'cheerio';
import { readText } from '../support/project';

interface Definition {
  defaults: Record<string, Setting>;
  showSettings(node: object, prefix: string): void;
}

interface Setting {
  value: unknown;
  type?: string;
  validate?(value: unknown, opt: object): unknown;
}

/** What the editor gets to know of a node type by running its script, with `$` for the fields of a form. */
function definitionOf(type: string, $: unknown = undefined): Definition {
  const html = readText(`nodes/${type}.html`);
  const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
  const found: Definition[] = [];
  const registerType = (_name: string, definition: Definition) => found.push(definition);
  new Function('RED', '$', script)({ nodes: { registerType } }, $);
  return found[0] as Definition;
}

const VARIABLE = `$${'{LAMP}'}`;
const TYPES = ['bk-device', 'bk-connect', 'bk-read', 'bk-write', 'bk-erase', 'bk-inspect'];

for (const type of TYPES) {
  describe(`the form of ${type}, of what people have in their flows,`, () => {
    const { defaults } = definitionOf(type);
    const judge = ({ validate }: Setting, value: unknown) =>
      validate?.call({ _: (key: string) => key }, value, {}) ?? true;

    for (const [what, value] of [
      ['is left out', undefined],
      ['a form of old has saved as nothing', null],
      ['is empty', ''],
      ['an environment variable gives', VARIABLE],
      ['an environment variable gives, as it was written once', '$(LAMP)'],
    ] as const) {
      it(`takes what ${what}`, () => {
        for (const [name, setting] of Object.entries(defaults))
          assert.equal(judge(setting, value), true, name);
      });
    }

    it('does not take a variable with something beside it, which Node-RED would leave as it is', () => {
      for (const [name, setting] of Object.entries(defaults))
        if (setting.validate) assert.notEqual(judge(setting, `1${VARIABLE}`), true, name);
    });
  });
}

describe('a form that is opened and saved', () => {
  /** What the fields of a form hold after it was opened for a node with these settings. */
  function shown(type: string, settings: Record<string, unknown>): Record<string, unknown> {
    const html = readText(`nodes/${type}.html`);
    const form = /data-template-name="[^"]+">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
    const $ = load(form);
    const { defaults } = definitionOf(type);
    const prefix = type === 'bk-device' ? 'node-config-input' : 'node-input';
    definitionOf('bk-device', $).showSettings({ _def: { defaults }, ...settings }, prefix);
    const fields = Object.entries(defaults).filter(([, setting]) => setting.type === undefined);
    return Object.fromEntries(
      fields.map(([name]) => {
        const field = $(`#${prefix}-${name}`);
        return [name, field.is(':checkbox') ? field.prop('checked') : field.val()];
      }),
    );
  }

  for (const type of TYPES) {
    it(`gives what is left out its default: ${type}`, () => {
      const { defaults } = definitionOf(type);
      for (const [name, value] of Object.entries(shown(type, {})))
        assert.equal(String(value), String(defaults[name]?.value), name);
    });

    it(`keeps environment variables: ${type}`, () => {
      const { defaults } = definitionOf(type);
      const settings = Object.fromEntries(Object.keys(defaults).map((name) => [name, VARIABLE]));
      for (const [name, value] of Object.entries(shown(type, settings)))
        assert.equal(value, VARIABLE, name);
    });
  }

  it('keeps another name of a chip', () => {
    assert.equal(shown('bk-device', { chip: 'T2' }).chip, 'T2');
    assert.equal(shown('bk-device', { chip: 'BK7238' }).chip, 'BK7238');
  });

  it('keeps ticks', () => {
    assert.equal(shown('bk-read', { incremental: false }).incremental, false);
    assert.equal(shown('bk-read', { incremental: 'true' }).incremental, true);
  });
});
