import { tellApartByKey } from '../../chip/known/chip-queries';
import { hex } from '../../errors';
import { anyOf, type Note, say } from '../../texts/note';
import { PACKET } from '../code/packets';
import { readUf2, type Uf2File } from '../containers/uf2';
import type { CodeEvidence } from '../evidence/code-evidence';
import { readAppPart } from '../evidence/code-parts';
import { codeFormat } from './code-format';
import { type ImageFacts, type ImageFormat, noFacts } from './image-format';

/** No flash of these chips is larger. */
const LARGEST_FLASH = 16 * 1024 * 1024;

export interface Uf2Image extends ImageFacts {
  kind: 'uf2';
}

/** UF2 files. What is in one for the application slot is looked at as an application alone would be. */
export const uf2Format: ImageFormat<Uf2Image> = {
  kinds: { uf2: { nature: 'firmware', atOffset: 'other-form', describesItself: true } },
  *parse(bytes) {
    const file = yield* readUf2(bytes);
    if (file === null) return null;
    yield;
    const { firmware, version, family, familyName, board } = file;
    const target = familyName ?? say('image.chipNotKnown');
    const evidence = [say('image.uf2IsFor', { target, family: hex(family) })];
    if (board !== null) evidence.push(say('image.builtForBoard', { board }));
    const found = file.chips.length === 0 ? noApp() : yield* applicationOf(file);
    const { app } = found;
    const known = tellApartByKey(file.chips, app.key);
    const both = known.filter((chip) => app.chips.includes(chip));
    const chips = [...(both.length === 0 ? known : both)];
    const damaged = [...file.damaged, ...found.wrong, ...app.damaged];
    if (app.chips.length > 0 && both.length === 0)
      damaged.push(say('image.uf2Contradicts', { chips: anyOf(app.chips), target }));
    const project = firmware ?? app.project;
    const uf2 = say('image.uf2', { target });
    const name = [project, version].filter(Boolean).join(' ');
    return {
      ...noFacts(),
      kind: 'uf2',
      description: project === null ? uf2 : say('image.withProject', { what: uf2, project: name }),
      chip: chips.length === 1 ? (chips[0] ?? null) : null,
      chips,
      version: version ?? app.version,
      project,
      key: app.key,
      encryptionKey: app.encryptionKey,
      code: { app: yield* appCode(file), bootloader: null },
      contents: [{ to: 'partitions', file }],
      evidence: [...evidence, ...app.evidence],
      checks: app.checks,
      damaged,
      doubts: app.doubts,
      advice: file.chips.length > 0 ? [say('image.saysPlaces')] : [say('image.getFileForChip')],
    };
  },
};

interface FoundApp {
  app: Omit<ImageFacts, 'description'>;
  /** Why it can be no application, a sentence; empty where it can. */
  wrong: Note[];
}

function noApp(...wrong: Note[]): FoundApp {
  return { app: noFacts(), wrong };
}

/** What a cable writes into the application slot. */
function* applicationOf({ parts }: Uf2File): Generator<void, FoundApp> {
  const own = parts.filter(({ partitions }) => partitions['flasher-single'] === 'app');
  const end = Math.max(0, ...own.map(({ address, bytes }) => address + bytes.length));
  if (!own.some(({ address }) => address === 0)) return noApp();
  if (end > LARGEST_FLASH) return noApp(say('image.uf2BeyondFlash'));
  const whole = Buffer.alloc(end, 0xff);
  for (const { address, bytes } of own) bytes.copy(whole, address);
  const found = yield* codeFormat.parse(whole, {});
  if (found === null) return noApp(say('image.uf2NoCode'));
  if (found.kind === 'app' || found.kind === 'packets') return { app: found, wrong: [] };
  return noApp(say('image.uf2SlotIs', { description: found.description }));
}

/** The same as it is judged: where its key tells that it is an application. Its header is a part of its own. */
function* appCode({ parts }: Uf2File): Generator<void, CodeEvidence | null> {
  const part = parts.find(
    ({ partitions, address }) => partitions['flasher-single'] === 'app' && address === 0,
  );
  if (part === undefined) return null;
  // Its parts may be cut anywhere: what is missing, the file's own count tells.
  const whole = part.bytes.subarray(0, part.bytes.length - (part.bytes.length % PACKET));
  const found = yield* readAppPart(whole, 0, { key: null });
  return found === null || found.evidence.key === 'other' ? null : found.evidence;
}
