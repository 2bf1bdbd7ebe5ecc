import { tellApartByKey } from '../../chip/known/chip-queries';
import { hex } from '../../errors';
import { anyOf, type Note, say } from '../../texts/note';
import { type Uf2File, uf2InSteps } from '../containers/uf2';
import { detectCode } from './detect-code';
import { type DetectedImage, NOTHING } from './detected';

/** No flash of these chips is larger. */
const LARGEST_FLASH = 16 * 1024 * 1024;

/**
 * UF2 files; null for anything else. What is in it for the application slot is looked at as an
 * application alone would be. In slices of some milliseconds.
 */
export function* detectUf2(bytes: Uint8Array): Generator<void, DetectedImage | null> {
  const file = yield* uf2InSteps(bytes);
  if (file === null) return null;
  yield;
  const { firmware, version, family, familyName, board } = file;
  const target = familyName ?? say('image.chipNotKnown');
  const evidence = [say('image.uf2IsFor', { target, family: hex(family) })];
  if (board !== null) evidence.push(say('image.builtForBoard', { board }));
  const found = file.chips.length === 0 ? NO_APP : yield* applicationOf(file);
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
    ...NOTHING,
    kind: 'uf2',
    description: project === null ? uf2 : say('image.withProject', { what: uf2, project: name }),
    chip: chips.length === 1 ? (chips[0] ?? null) : null,
    chips,
    version: version ?? app.version,
    project,
    key: app.key,
    encryptionKey: app.encryptionKey,
    evidence: [...evidence, ...app.evidence],
    checks: app.checks,
    damaged,
    doubts: app.doubts,
    advice: file.chips.length > 0 ? [say('image.saysPlaces')] : [say('image.getFileForChip')],
  };
}

interface FoundApp {
  app: Omit<DetectedImage, 'kind' | 'description'>;
  /** Why it can be no application, a sentence; empty where it can. */
  wrong: Note[];
}

const NO_APP: FoundApp = { app: NOTHING, wrong: [] };

/** What a cable writes into the application slot. */
function* applicationOf({ parts }: Uf2File): Generator<void, FoundApp> {
  const own = parts.filter(({ partitions }) => partitions['flasher-single'] === 'app');
  const end = Math.max(0, ...own.map(({ address, bytes }) => address + bytes.length));
  if (!own.some(({ address }) => address === 0)) return NO_APP;
  if (end > LARGEST_FLASH) return { app: NOTHING, wrong: [say('image.uf2BeyondFlash')] };
  const whole = Buffer.alloc(end, 0xff);
  for (const { address, bytes } of own) bytes.copy(whole, address);
  const found = yield* detectCode(whole);
  const kind = found?.kind ?? 'unknown';
  if (found !== null && (kind === 'app' || kind === 'packets')) return { app: found, wrong: [] };
  const wrong =
    found === null
      ? say('image.uf2NoCode')
      : say('image.uf2SlotIs', { description: found.description });
  return { app: NOTHING, wrong: [wrong] };
}
