import { basename, resolve } from 'node:path';
import { isUint8Array } from 'node:util/types';
import { listBackups } from '../../backup/find';
import { CHIPS } from '../../chip/known/chips';
import { knownRelease, NEWEST } from '../../chip/known/known-releases';
import { BkError } from '../../errors';
import type { World } from '../../jobs/base/job';
import type {
  BackupImage,
  ReleaseImage,
  WriteOptions,
  WriteSummary,
} from '../../jobs/base/job-types';
import { loadAsTold } from '../../jobs/chip/told-backup';
import { asLoaded, loadImage } from '../../jobs/place/load-image';
import type { LoadedImage } from '../../placement/base/place-types';
import { GITHUB, serverAddress } from '../../releases/release-server';
import { WantedRelease } from '../../releases/wanted-release';
import { say } from '../../texts/note';
import type { WebContext } from '../base/web-context';

/** An image, and what the result says of where it comes from. */
interface Chosen {
  image: LoadedImage;
  told: Pick<WriteSummary, 'release' | 'restored'>;
}

/** How an image is found once the device is known. Changes nothing on it. */
export type WebSource = (context: WebContext) => Promise<Chosen>;

/**
 * Where the image of a write comes from; what can be wrong about it without the device is told at once.
 * @throws BkError as `loadImage`; BK_DOWNLOAD
 */
export async function webSource(
  options: WriteOptions,
  world: World,
  signal: AbortSignal,
): Promise<WebSource> {
  const { image } = options;
  if (!isUint8Array(image) && 'release' in image) return releaseOf(options, image, world, signal);
  if (!isUint8Array(image) && 'backups' in image)
    return (context) => ownBackup(context, options, image);
  const loaded = await loadImage(options);
  return () => Promise.resolve({ image: loaded, told: {} });
}

/** The update file of a release for the chip. */
async function releaseOf(
  options: WriteOptions,
  { release, version = NEWEST, server = GITHUB, folder }: ReleaseImage,
  { web, now }: World,
  signal: AbortSignal,
): Promise<WebSource> {
  const { title } = knownRelease(release);
  if (release !== 'openbeken')
    throw new BkError('BK_BAD_SETTING', say('openbeken.otherRelease', { title }), {
      phase: 'open',
      advice: [say('openbeken.useCable')],
    });
  const wish = { release, version, server: serverAddress(server) as URL, folder };
  const wanted = await WantedRelease.begin(web, wish, now, signal);
  return async (context) => {
    const { chip, key } = context.identity;
    const { firmware, releases } = CHIPS[chip];
    const start = `Open${firmware.name}_`;
    const file = releases[release] === null ? null : { start, end: '.rbl' };
    const fetched = await wanted.fileFor({ chip, file, key }, context.signal, (name) =>
      context.progress.say('identify', say('release.downloading', { file: name })),
    );
    context.warnings.push(...fetched.warnings);
    const { record, path, from, bytes } = fetched;
    const { sha256, published, version: tag, file: name } = record;
    const told = { release, version: tag, file: name, path, sha256, published, from };
    return { image: await asLoaded(bytes, options), told: { release: told } };
  };
}

/** The newest verified backup of this very chip, or the one that is named, which has to be its own, too. */
async function ownBackup(
  context: WebContext,
  options: WriteOptions,
  { backups: folder, filename = '' }: BackupImage,
): Promise<Chosen> {
  const { mac } = context.identity;
  const { port } = context;
  const wanted = filename === '' ? null : resolve(folder, filename);
  for (const backup of await listBackups(folder)) {
    const { record, path } = backup;
    if (mac === null || record.mac !== mac || record.offset !== 0) continue;
    if (wanted === null ? record.length < context.identity.readable : resolve(path) !== wanted)
      continue;
    const bytes = await loadAsTold(backup);
    if (bytes === null) {
      context.warnings.push(say('backup.newerDamaged', { file: basename(path) }));
      continue;
    }
    const image = await asLoaded(bytes, options);
    const restored = { path, mac, date: record.date };
    const told = wanted === null ? 'mac' : 'filename';
    return { image, told: { restored: { ...restored, told } } };
  }
  const text =
    wanted === null
      ? say('backup.noneOfChip', { folder, port })
      : say('backup.noneNamed', { file: filename, folder, port });
  throw new BkError('BK_STORAGE', text, {
    phase: 'identify',
    advice: [say('backup.otherFolderOfBackups')],
  });
}
