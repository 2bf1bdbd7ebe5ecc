import assert from 'node:assert/strict';
import { load } from 'cheerio';
import { ENGLISH } from '../../src/texts/en-US/english';
import { projectFiles, readText } from '../support/project';

/** The texts of a form: `label.offset` and the like, by their rooms. */
type FormTexts = Record<string, Record<string, string>>;

interface Form {
  type: string;
  /** Settings in the order of the form, without the name of the node, which Node-RED itself labels. */
  settings: string[];
  texts: FormTexts;
  /** Values that a list offers with the texts beside them, by setting. */
  options: Record<string, { value: string; text: string }[]>;
}

const types = Object.keys(JSON.parse(readText('package.json'))['node-red'].nodes);
const forms = types.map(readForm);

function readForm(type: string): Form {
  const html = readText(`nodes/${type}.html`);
  const body = /data-template-name="[^"]+">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
  const $ = load(body);
  const texts: FormTexts = JSON.parse(readText(`nodes/locales/en-US/${type}.json`))[type];
  // Hidden ones say where the value of the one before comes from.
  const fields = $('[id^="node-input-"], [id^="node-config-input-"]')
    .not('[type=hidden]')
    .toArray();
  const nameOf = (id: string) => id.replace(/^node-(config-)?input-/, '');
  const settings = fields.map((field) => nameOf($(field).attr('id') ?? ''));
  const options = fields
    .filter((field) => $(field).is('select'))
    .map((field) => {
      const offered = $(field).find('option').toArray();
      return [
        nameOf($(field).attr('id') ?? ''),
        offered.map((option) => {
          const [room = '', key = ''] = ($(option).attr('data-i18n') ?? '').split('.').slice(1);
          return {
            value: $(option).attr('value') ?? '',
            text: texts[room]?.[key] ?? $(option).text(),
          };
        }),
      ];
    });
  return {
    type,
    settings: settings.filter((name) => name !== 'name'),
    texts,
    options: Object.fromEntries(options),
  };
}

/** What is left of a name when it is written as one word. */
const asOneWord = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const labelsOf = ({ settings, texts }: Form) => settings.map((name) => texts.label?.[name] ?? '');

const labels = new Set(forms.flatMap(labelsOf));
const settings = new Set(forms.flatMap((form) => form.settings));

/** Rows of the first table of a page, below its two lines of heading. */
function settingRows(page: string): string[][] {
  const table = /\| Setting \|[^\n]*\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(page)?.[1] ?? '';
  const rows = table.trimEnd().split('\n');
  return rows.map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

describe('a setting has one name', () => {
  for (const form of forms) {
    describe(`of ${form.type}`, () => {
      it('in the form and in a flow file', () => {
        assert.ok(form.settings.length > 0);
        assert.deepEqual(
          labelsOf(form).map(asOneWord),
          form.settings.map((name) => name.toLowerCase()),
        );
      });

      it('in the form and in the help, in the same order', () => {
        const help = readText(`nodes/locales/en-US/${form.type}.html`);
        const list = /### Properties\n\n((?:: .*\n)+)/.exec(help)?.[1] ?? '';
        const entries = [...list.matchAll(/^: (.+?) \([a-z ]+\) : /gm)].map(([, name]) => name);
        assert.deepEqual(entries, labelsOf(form));
      });

      it('in the form and in the documents, where a row has it as in a flow file, too', () => {
        const rows = settingRows(readText(`docs/${form.type}.md`));
        const named = rows
          .map(([, label, setting]) => [label, setting?.replaceAll('`', '')])
          .filter(([label]) => label !== 'Name');
        const expected = form.settings.map((name) => [form.texts.label?.[name], name]);
        assert.deepEqual(named.sort(), expected.sort());
      });

      it('in the form and in what is said of a wrong value', () => {
        const names = [...labelsOf(form), '__setting__'];
        for (const text of Object.values(form.texts.error ?? {}))
          assert.ok(names.includes(text.split(':')[0] ?? ''), text);
      });

      it('and so have its values: what a list offers begins with the word of the flow file', () => {
        for (const [name, offered] of Object.entries(form.options))
          for (const { value, text } of offered)
            assert.match(text, new RegExp(`^${value}(:| |$)`), `${name}: ${text}`);
      });
    });
  }

  /** What documents and help write in slanted letters and is no setting: buttons, other people's nodes and menus, words that are stressed. */
  const OTHERS = /^(Catch|Complete|Config → Import|Identify|Test wiring|Wiring)$|^[^A-Z]|^\d/;

  const pages = projectFiles().filter(
    (file) => /^(docs\/.*|README|CONTRIBUTING)\.md$/.test(file) || isHelp(file),
  );

  function isHelp(file: string): boolean {
    return /^nodes\/locales\/en-US\/.*\.html$/.test(file);
  }

  it('wherever documents and help speak of it', () => {
    const strangers = pages.flatMap((page) =>
      [...readText(page).matchAll(/(?<![*\w])\*(?![*\s])([^*\n|]+?)\*(?!\*)/g)]
        .map(([, name]) => name ?? '')
        .filter((name) => !OTHERS.test(name) && !labels.has(name))
        .map((name) => `${page}: ${name}`),
    );
    assert.deepEqual(strangers, []);
  });

  it('with values that it has', () => {
    const values = new Map<string, Set<string>>();
    for (const { settings: names, texts, options } of forms)
      for (const name of names) {
        const label = texts.label?.[name] ?? '';
        const known = values.get(label) ?? new Set();
        for (const { value } of options[name] ?? []) known.add(value);
        values.set(label, known);
      }
    const strangers = pages.flatMap((page) =>
      [...readText(page).matchAll(/\*([A-Z][^*\n]*)\*(?: =| set to) `([^`]+)`/g)]
        .filter(([, label = '', value = '']) => {
          const known = values.get(label);
          return known !== undefined && known.size > 0 && !known.has(value);
        })
        .map(([said]) => `${page}: ${said}`),
    );
    assert.deepEqual(strangers, []);
  });

  it('in the sentences of engine and nodes that say what to set', () => {
    const sentences = Object.values(ENGLISH).flatMap((room) => Object.values(room));
    const named = sentences
      .flatMap((text) =>
        [...text.matchAll(/\b([\w-]+) set to \w|\b[Ss]et (?:the )?(\w+) to \w/g)].map(
          ([, one, other]) => one ?? other ?? '',
        ),
      )
      // Of other people's nodes: one that is set to something.
      .filter((name) => name !== 'is');
    assert.ok(named.length > 5);
    const words = new Set([...settings].map(asOneWord));
    assert.deepEqual(
      named.filter((name) => !words.has(asOneWord(name))),
      [],
    );
  });
});
