import type { ReleaseFacts, ReleaseFile } from '../chip-model';

/** A firmware whose releases are known, by the name of the setting. */
export type ReleaseName = keyof ReleaseFacts;

/** Where the releases of a firmware are published, and how they are numbered. */
export interface KnownRelease {
  name: ReleaseName;
  /** For people. */
  title: string;
  /** Owner and name at GitHub. */
  repository: string;
  /** What its versions are called there begins with this. */
  tagStart: string;
  /** What tells the version in the name of a file, as a regular expression. */
  versionInFile(tag: string): string;
}

const KNOWN: Readonly<Record<ReleaseName, KnownRelease>> = {
  openbeken: {
    name: 'openbeken',
    title: 'OpenBeken',
    repository: 'openshwprojects/OpenBK7231T_App',
    tagStart: '',
    versionInFile: (tag) => tag.replace(/[.+]/g, '\\$&'),
  },
  kickstart: {
    name: 'kickstart',
    title: 'ESPHome Kickstart',
    repository: 'libretiny-eu/esphome-kickstart',
    tagStart: 'v',
    // The day on which it was built.
    versionInFile: () => '\\d{4}-\\d{2}-\\d{2}',
  },
};

export const RELEASE_NAMES = Object.keys(KNOWN) as [ReleaseName, ...ReleaseName[]];

/** The word for whatever version is the newest. */
export const NEWEST = 'newest';

/** As versions are called; nothing that could lead out of a folder. */
const TAG = /^[A-Za-z0-9](?:[A-Za-z0-9_+-]|\.(?!\.)){0,63}$/;

export function knownRelease(name: ReleaseName): KnownRelease {
  return KNOWN[name];
}

/**
 * A version as its publisher calls it, with or without a `v` as a person may type it.
 * @returns null for what is no version
 */
export function tagOf(release: KnownRelease, version: string): string | null {
  if (!isTag(version)) return null;
  return release.tagStart + version.replace(/^v(?=\d)/i, '');
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * Whether a file of a release is the one for a chip.
 * @param key that the chip's code is stored with; null where it is not known
 * @param tag of the release
 */
export function isFileFor(
  release: KnownRelease,
  { start, startForTuya, end }: ReleaseFile,
  key: string | null,
  tag: string,
): (name: string) => boolean {
  const begin = key === 'tuya' && startForTuya !== undefined ? startForTuya : start;
  const middle = new RegExp(`^(?:${release.versionInFile(tag)})$`);
  return (name) =>
    name.length > begin.length + end.length &&
    name.startsWith(begin) &&
    name.endsWith(end) &&
    middle.test(name.slice(begin.length, name.length - end.length));
}
