import { durationText, sizeText } from '../../../../src/texts/amounts';
import {
  type BackupEntry,
  type EndedJob,
  type MapRegion,
  SECTOR,
  type SidebarRelease,
} from '../../messages';
import { rangeText, timeText } from '../base/amounts';
import { element } from '../base/elements';
import type { LiveMap } from '../base/live-map';
import { text } from '../base/texts';
import { regionName, stretchesOf } from '../map/regions';
import { code, type Fact, factList } from './facts';
import { pinsText } from './pins';
import { warningList } from './warnings';

/** What is read here of the payload of a dry run of bk-write or bk-erase. */
export interface ShownPlan {
  regions: { offset: number; length: number }[];
  bytes: number;
  bytesWritten?: number;
  bytesUnchanged?: number;
  bytesErased?: number;
  sectorsErased?: number;
  blocksErased?: number;
  seconds?: number;
  release?: {
    release: SidebarRelease;
    version: string;
    file: string;
    sha256: string;
    published: boolean;
    from: 'server' | 'folder';
  };
  restored?: { path: string; mac: string | null; date: string };
}

export interface PlanFacts {
  operation: 'write' | 'erase';
  /** The setting of the job that is to come: `once`, `always`, `never`. */
  backup: string;
  /** Newest verified backup of this very chip; null where there is none. */
  newest: BackupEntry | null;
}

/** What a job is going to do, before it does it. */
export function planCard(
  { result, warnings }: EndedJob,
  map: LiveMap,
  { operation, backup, newest }: PlanFacts,
): HTMLElement {
  const plan = result as ShownPlan;
  const facts: Fact[] = [
    ...imageFacts(plan),
    [text(`plan.${operation}Where`), ranges(plan.regions, map)],
    [text('plan.changes'), changesText(operation, plan)],
    [text('plan.kept'), kept(plan, map).map(regionText).join(', ') || null],
    [text('plan.openbeken'), pinsText(plan)],
    [text('plan.backup'), backupText(backup, newest)],
    [
      text('plan.time'),
      plan.seconds === undefined ? null : timeNeeded(plan.seconds, backup, newest),
    ],
  ];
  return element(
    'div',
    { class: 'bk-card bk-plan' },
    element('h4', {}, text(`plan.${operation}Title`)),
    element('p', {}, text('plan.nothingYet')),
    factList(facts),
    warningList(warnings),
  );
}

/** Which file of which version is written, or which backup goes back. */
export function imageFacts({ release, restored }: Partial<ShownPlan>): Fact[] {
  if (restored !== undefined) {
    const { path, mac, date } = restored;
    const file = path.split(/[\\/]/).at(-1) ?? '';
    const words = [timeText(date), mac].filter(Boolean).join(' · ');
    return [[text('plan.restored'), element('span', {}, `${words} · `, code(file))]];
  }
  if (release === undefined) return [];
  const { version, file, sha256, published, from } = release;
  const firmware = `${text(`release.${release.release}`)} ${version}`;
  return [
    [text('plan.firmware'), firmware],
    [text('plan.file'), element('span', {}, code(file), ` (${text(`plan.${from}`)})`)],
    [
      text('plan.checksum'),
      element(
        'span',
        {},
        code(sha256),
        ` (${text(published ? 'plan.published' : 'plan.notPublished')})`,
      ),
    ],
  ];
}

function ranges(regions: ShownPlan['regions'], map: LiveMap): HTMLElement {
  const items = regions.map((range) => {
    const region = map.regionOf(Math.floor(range.offset / SECTOR));
    const name = region === null ? '' : `${regionName(region.name)}: `;
    return element('li', {}, name, code(rangeText(range)));
  });
  return element('ul', {}, ...items);
}

function changesText(operation: 'write' | 'erase', plan: ShownPlan): string {
  const { bytes, bytesUnchanged = 0, bytesErased = 0 } = plan;
  if (operation === 'erase') return text('plan.erases', { size: sizeText(bytes) });
  const { bytesWritten = bytes } = plan;
  const parts = [];
  if (bytesWritten > 0) parts.push(text('plan.writes', { size: sizeText(bytesWritten) }));
  if (bytesUnchanged > 0) parts.push(text('plan.unchanged', { size: sizeText(bytesUnchanged) }));
  if (bytesErased > 0) parts.push(text('plan.blanks', { size: sizeText(bytesErased) }));
  return parts.join(', ');
}

/** Regions that the plan does not touch. */
function kept({ regions }: ShownPlan, map: LiveMap): MapRegion[] {
  return stretchesOf(map).filter(
    ({ offset, length }) =>
      !regions.some((one) => one.offset < offset + length && offset < one.offset + one.length),
  );
}

function regionText({ name }: MapRegion): string {
  return regionName(name);
}

function backupText(backup: string, newest: BackupEntry | null): string {
  if (backup === 'never') return text('plan.backupNever');
  if (backup === 'always' || newest === null) return text('plan.backupFirst');
  return text('plan.backupThere', { time: timeText(newest.at), file: newest.filename });
}

function timeNeeded(seconds: number, backup: string, newest: BackupEntry | null): string {
  const time = durationText(seconds * 1000);
  const isBackedUp = backup === 'always' || (backup === 'once' && newest === null);
  return isBackedUp ? text('plan.timeAndBackup', { time }) : text('plan.about', { time });
}
