import assert from 'node:assert/strict';
import { accessibilityFaults, setTheme } from '../support/accessibility';
import { chromiumFor, Editor } from '../support/editor';
import { container, openBekenTexts } from '../support/images';
import { mainThreadTasks } from '../support/main-thread';

// In the page: the editor's own global.
// biome-ignore lint/suspicious/noExplicitAny: the editor has no types
declare const RED: any;

interface Kind {
  name: string;
  chip: string;
  saysBk7231: boolean;
  /** Of the code that is written, bytes. */
  length?: number;
}

/** A chip of each family, and what is written onto it. */
const KINDS: readonly [Kind, ...Kind[]] = [
  { name: 'Lamp N', chip: 'BK7231N', saysBk7231: true },
  { name: 'Plug T', chip: 'BK7231T', saysBk7231: false },
];

const FLOW = [
  { id: 'tab', type: 'tab', label: 'Bench' },
  ...KINDS.map(({ name, chip }, index) => device(`device${index}`, name, `${chip}?speed=fast`)),
  device('slow', 'Slow chip', 'BK7231N?seed=7'),
  { ...device('gone', 'Not there', ''), port: '/dev/bk72xx-not-there' },
  { id: 'read', type: 'bk-read', z: 'tab', device: '', x: 200, y: 80, wires: [[], []] },
];

function device(id: string, name: string, chip: string) {
  return { id, type: 'bk-device', name, port: `sim://${chip.toLowerCase()}`, baud: '2000000' };
}

describe('the tab BK flasher on simulated chips', function () {
  this.timeout(180_000);
  let editor: Editor;

  before(async function () {
    const chromium = chromiumFor(this);
    editor = await Editor.open(chromium, FLOW);
    await editor.page.evaluate(() => RED.sidebar.show('bk-flasher'));
    await part('.bk-device').first().waitFor();
  });
  after(() => editor?.close());

  const part = (selector: string) => editor.page.locator(`.bk-flasher ${selector}`);
  const press = (name: string) =>
    editor.page.locator('.bk-flasher').getByRole('button', { name, exact: true }).click();
  // What is seen: line by line, and without what is hidden.
  const texts = async (selector: string) =>
    // biome-ignore lint/performance/useDomNodeTextContent: the text of the nodes has no line ends
    (await part(selector).innerText()).replace(/\s+/g, ' ');

  async function look(name: string): Promise<void> {
    await part(`.bk-device >> text=${name}`).click();
    await part(`.bk-device[aria-current] >> text=${name}`).waitFor();
  }

  /** Waits for the end of the job, and says what is told of it. */
  async function ended(): Promise<string> {
    await part(':is(.bk-last, .bk-task) > .bk-card, .bk-step > .bk-card').first().waitFor();
    await part('.bk-now.bk-idle').waitFor({ state: 'attached' });
    return texts('.bk-card >> nth=0');
  }

  async function chooseFile({ chip, saysBk7231, length = 0x20000 }: Kind): Promise<void> {
    await part('input[type=file]').setInputFiles({
      name: `Open${chip}_1.18.2.bin`,
      mimeType: 'application/octet-stream',
      buffer: container({ texts: openBekenTexts(chip), saysBk7231, length }),
    });
    await part('.bk-inspection').waitFor();
  }

  it('lists the devices of the flow', async () => {
    const names = await part('.bk-device-name').allInnerTexts();
    assert.deepEqual(names, ['Lamp N', 'Not there', 'Plug T', 'Slow chip']);
  });

  for (const kind of KINDS) {
    describe(kind.chip, () => {
      before(() => look(kind.name));

      it('is identified', async () => {
        await press('Identify');
        assert.match(await ended(), new RegExp(`^Identified Chip ${kind.chip} .*MAC .*:`));
        assert.match(await texts('.bk-chip summary'), new RegExp(`^${kind.chip} · 2 MiB · `));
        await part('.bk-map-canvas').waitFor();
      });

      it('is backed up, its map filled', async () => {
        await press('Back up');
        await part('.bk-last h4 >> text=Backed up').waitFor();
        assert.match(await texts('.bk-last'), new RegExp(`File .*${kind.chip}_.*\\.bin`));
        await part('.bk-legend li:has-text("not looked at") >> text="0"').waitFor();
      });

      it('tells what a file is', async () => {
        await press('Inspect a file…');
        await chooseFile(kind);
        assert.match(await texts('.bk-inspection'), new RegExp(`Chip ${kind.chip}`));
        await press('Close');
      });

      it('is written after its plan was confirmed, and its map shows it verified', async () => {
        await press('Write…');
        await chooseFile(kind);
        await press('Show the plan');
        await part('.bk-plan').waitFor();
        const plan = await texts('.bk-plan');
        assert.match(plan, /Goes to Application: 0x011000–/);
        assert.match(plan, /Backup There is one of this chip/);
        await press('Write now');
        await part('.bk-task .bk-card-good').waitFor();
        assert.match(await texts('.bk-task .bk-card-good'), /verified by the chip's own checksum/);
        await part('.bk-table tr:has-text("Application") >> text=verified').waitFor();
        await press('Close');
      });

      it('is erased after its plan was confirmed', async () => {
        await press('Erase…');
        await press('Show the plan');
        await part('.bk-plan').waitFor();
        assert.match(await texts('.bk-plan'), /Plan: erase .*Kept Bootloader/);
        await press('Erase now');
        await part('.bk-task .bk-card-good >> text=Erased and verified').waitFor();
        await press('Close');
      });

      it('goes back to its newest backup', async () => {
        await press('Rescue…');
        await part('fieldset').waitFor();
        await press('Show the plan');
        await part('.bk-plan').waitFor();
        await press('Write now');
        await part('.bk-task .bk-card-good').waitFor();
        await press('Close');
      });

      it('says that its wiring is sound', async () => {
        await press('Test wiring');
        await part('.bk-task .bk-card-good').waitFor();
        assert.match(await texts('.bk-task'), new RegExp(`Found: ${kind.chip}`));
        await press('Close');
      });

      it('breaks no rule of accessibility', async () => {
        for (const theme of ['light', 'dark'] as const) {
          await setTheme(editor.page, theme);
          assert.deepEqual(await accessibilityFaults(editor.page, '.bk-flasher'), [], theme);
        }
        await setTheme(editor.page, 'light');
      });

      it('has a log that tells of all that', async () => {
        const log = await texts('.bk-log');
        assert.match(log, new RegExp(`Found: ${kind.chip}`));
        assert.doesNotMatch(log, /flasher\.|session\.|job\./);
      });
    });
  }

  it('cancels a job at its next safe point', async () => {
    await look('Slow chip');
    await press('Back up');
    await part('.bk-numbers >> text=backing up').or(part('.bk-numbers >> text=reading')).waitFor();
    await press('Cancel');
    await part('.bk-last h4 >> text=Cancelled').waitFor();
    assert.match(await texts('.bk-last'), /BK_CANCELLED/);
  });

  it('keeps up with a write at 2 Mbaud: no task of the page works for more than 50 ms', async () => {
    await look('Slow chip');
    await press('Write…');
    await chooseFile({ ...KINDS[0], length: 0x60000 });
    await part('.bk-settings label:has-text("Backup") select').selectOption('never');
    await press('Show the plan');
    await part('.bk-plan').waitFor();
    const tasks = await mainThreadTasks(editor.page, async () => {
      await press('Write now');
      await part('.bk-task .bk-card-good').waitFor({ timeout: 120_000 });
    });
    const worked = tasks.filter(({ cpu }) => cpu > 50);
    const waited = tasks.filter(({ wall, cpu }) => wall > 50 && cpu <= 50).length;
    console.log(
      `      ${tasks.length} tasks; over 50 ms by the clock on the wall alone: ${waited}`,
    );
    assert.ok(tasks.length > 1000, 'the trace holds the tasks of the page');
    assert.deepEqual(worked, []);
    await press('Close');
  });

  it('shows a failure with what to do', async () => {
    await look('Not there');
    await press('Identify');
    await part('.bk-last .bk-card-bad').waitFor();
    const card = await texts('.bk-last');
    assert.match(card, /BK_PORT_NOT_FOUND/);
    assert.match(card, /What to do/);
  });

  it('has no error in its console', () => assert.deepEqual(editor.errors, []));
});
