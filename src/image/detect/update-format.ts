import { type Note, say } from '../../texts/note';
import { type AppImage, readAppCode } from '../code/app';
import { stripPackets } from '../code/packets';
import { HEADER_PACKETS, RBL_HEADER_ON_FLASH, readRbl } from '../code/rbl';
import { type RblFile, readRblFile } from '../containers/rbl-file';
import { readTuyaUg } from '../containers/ug';
import { appHints, contradiction, weighHints } from '../evidence/chip-evidence';
import { type ImageFacts, type ImageFormat, noFacts } from './image-format';

const DOWNLOAD_SLOT = say('image.belongsToDownloadSlot');

/** `rbl-header`: the packets that LibreTiny puts behind an application, alone. */
export interface UpdateImage extends ImageFacts {
  kind: 'rbl' | 'rbl-header' | 'tuya-ug';
}

/** What a bootloader installs from the download slot, alone or in Tuya's wrapping. */
export const updateFormat: ImageFormat<UpdateImage> = {
  kinds: {
    rbl: { nature: 'firmware', atOffset: 'sensible' },
    'rbl-header': { nature: 'firmware', atOffset: 'useless' },
    'tuya-ug': { nature: 'firmware', atOffset: 'sensible' },
  },
  *parse(bytes) {
    if (isLoneHeader(bytes)) return loneHeader();
    const ug = readTuyaUg(bytes);
    if (ug === null) return yield* parseRbl(bytes);
    yield;
    const { payload, checks, damaged } = ug;
    const inner = yield* parseRbl(payload);
    return {
      ...(inner ?? noFacts()),
      kind: 'tuya-ug',
      description: named(say('image.tuyaUg'), inner),
      // That of the firmware itself outranks what its maker wrote on the wrapping.
      version: (inner?.project ? inner.version : null) ?? (ug.version || (inner?.version ?? null)),
      contents: inner?.contents ?? [{ to: 'download', bytes: payload, header: null }],
      checks: [...checks, ...(inner?.checks ?? [])],
      damaged: [...damaged, ...(inner?.damaged ?? [say('image.noUpdateInside')])],
      advice: [say('image.holdsUpdate'), DOWNLOAD_SLOT],
    };
  },
};

function loneHeader(): UpdateImage {
  return {
    ...noFacts(),
    kind: 'rbl-header',
    description: say('image.loneHeader'),
    advice: [say('image.takeUf2')],
  };
}

/** It begins with the letters of an update file, too, but comes as three packets. */
function isLoneHeader(bytes: Uint8Array): boolean {
  if (bytes.length !== RBL_HEADER_ON_FLASH) return false;
  return readRbl(stripPackets(bytes, 0, HEADER_PACKETS)) !== null;
}

function* parseRbl(bytes: Uint8Array): Generator<void, UpdateImage | null> {
  const file = readRblFile(bytes);
  if (file === null) return null;
  yield;
  const { header, checks, damaged, unsupported } = file;
  const app = appOf(file);
  // Such files fit any code key: the bootloader encrypts what it installs.
  const guess = weighHints(app === null ? [] : appHints(app, null));
  const evidence = [
    say('image.namesPartition', { partition: header.partition }),
    ...guess.evidence,
  ];
  if (unsupported !== null) evidence.push(say('image.packedWith', { packing: unsupported }));
  const names = { project: app?.project ?? null, version: app?.version ?? null };
  return {
    ...noFacts(),
    project: names.project,
    kind: 'rbl',
    description: named(say('image.rbl'), names),
    chip: guess.chip,
    chips: guess.chips,
    version: names.version ?? (header.version || null),
    contents: [{ to: 'download', bytes, header }],
    evidence,
    checks,
    damaged: [...damaged, ...contradiction(guess)],
    advice: [DOWNLOAD_SLOT],
  };
}

function appOf({ code, header }: RblFile): AppImage | null {
  return code === null || header.partition !== 'app' ? null : readAppCode(code);
}

function named(what: Note, names: Pick<ImageFacts, 'project' | 'version'> | null): Note {
  if (names === null || names.project === null) return what;
  const { project, version } = names;
  return version === null
    ? say('image.withProject', { what, project })
    : say('image.withVersion', { what, project, version });
}
