import { sizeText } from '../../../../src/texts/amounts';
import type { HeldImage, SaidNote } from '../../messages';
import { rangeText } from '../base/amounts';
import { element } from '../base/elements';
import { say, text, textOr } from '../base/texts';
import { copyButton } from './copy';
import { code, type Fact, factList } from './facts';
import { warningList } from './warnings';

/** What is read here of what bk-inspect says. */
export interface ShownInspection {
  kind: string;
  descriptionCode?: SaidNote;
  chip: string | null;
  chipEvidenceCodes?: SaidNote[];
  size: number;
  sha256: string;
  bootloader: { name: string | null; version: string | null; known: boolean } | null;
  app: { project: string | null; version: string | null; sdk: string | null } | null;
  encryptionKey: string | null;
  partitions: { name: string; offset: number; length: number; empty: boolean }[];
  mac: string | null;
  tuya: { module: string | null; tuyaMcuBaud: number | null } | null;
  openbeken: { name?: string | null } | null;
  template: unknown;
  esphome: string | null;
  warningCodes?: SaidNote[];
}

/** What a file is, in facts that a person can read. */
export function inspectionCard({ name, inspection }: HeldImage): HTMLElement {
  const found = inspection as ShownInspection;
  const { bootloader, app, tuya } = found;
  const facts: Fact[] = [
    [text('inspection.file'), name],
    [text('inspection.size'), sizeText(found.size)],
    [text('fact.chip'), found.chip ?? text('fact.unknown')],
    [text('inspection.speaks'), (found.chipEvidenceCodes ?? []).map(say).join(' ')],
    [text('inspection.app'), joined([app?.project, app?.version, app?.sdk])],
    [text('fact.bootloader'), joined([bootloader?.name, bootloader?.version])],
    [
      text('fact.key'),
      found.encryptionKey && textOr(`key.${found.encryptionKey}`, found.encryptionKey),
    ],
    [text('fact.mac'), found.mac === null ? null : code(found.mac)],
    [text('inspection.module'), tuya?.module ?? null],
    [
      text('inspection.tuyaMcu'),
      tuya?.tuyaMcuBaud ? text('inspection.baud', { baud: tuya.tuyaMcuBaud }) : null,
    ],
    [text('inspection.checksum'), code(found.sha256)],
  ];
  return element(
    'div',
    { class: 'bk-card bk-inspection' },
    element('h4', {}, kindText(found)),
    factList(facts),
    ...pins(found.template),
    found.esphome === null
      ? null
      : copyButton(text('inspection.copyEsphome'), () => found.esphome ?? ''),
    ...partitions(found),
    warningList(found.warningCodes ?? []),
  );
}

/** What the file is; a sentence of the engine that goes on from "This is". */
function kindText({ kind, descriptionCode }: ShownInspection): string {
  return descriptionCode === undefined
    ? kind
    : text('inspection.is', { what: say(descriptionCode) });
}

function joined(words: readonly (string | null | undefined)[]): string {
  return words.filter(Boolean).join(' ');
}

function pins(template: unknown): HTMLElement[] {
  if (typeof template !== 'object' || template === null) return [];
  const json = JSON.stringify(template, null, 2);
  return [
    element('h5', {}, text('inspection.template')),
    element('pre', { tabindex: 0, 'aria-label': text('inspection.template') }, json),
    copyButton(text('inspection.copyTemplate'), () => json),
  ];
}

function partitions({ partitions }: ShownInspection): HTMLElement[] {
  if (partitions.length === 0) return [];
  const lines = partitions.map((one) =>
    element(
      'li',
      {},
      `${textOr(`region.${one.name}`, one.name)}: `,
      code(rangeText(one)),
      one.empty ? ` ${text('inspection.empty')}` : '',
    ),
  );
  return [element('h5', {}, text('inspection.partitions')), element('ul', {}, ...lines)];
}
