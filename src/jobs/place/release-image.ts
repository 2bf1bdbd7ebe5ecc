import { CHIPS, type ChipName } from '../../chip/known/chips';
import { knownRelease, NEWEST } from '../../chip/known/known-releases';
import { BkError } from '../../errors';
import { GITHUB, serverAddress } from '../../releases/release-server';
import { type FetchedRelease, WantedRelease } from '../../releases/wanted-release';
import type { Web } from '../../releases/web';
import { KEEP_ALIVE_MS } from '../../session/session';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { ReleaseImage, WriteOptions } from '../base/job-types';
import type { ChosenImage, LateImage } from '../base/late-image';
import { likelyModels } from '../chip/chip-hints';
import { asLoaded, checkConfig } from './load-image';

/**
 * A release of a firmware as the image: its server is asked before the port is opened, and the file is fetched for
 * the chip that answers there.
 * @throws BkError BK_DOWNLOAD, BK_BAD_SETTING, BK_CANCELLED
 */
export async function releaseImage(
  options: WriteOptions,
  { release, version = NEWEST, server = GITHUB, folder }: ReleaseImage,
  { web, now }: { web: Web; now: () => Date },
  signal: AbortSignal | undefined,
): Promise<LateImage> {
  checkConfig(options);
  const wish = { release, version, server: serverAddress(server) as URL, folder };
  const wanted = await WantedRelease.begin(web, wish, now, signal);
  return {
    load: async (context) => {
      const chip = await modelOf(context, release);
      const key = context.session.identity.encryption;
      const target = { chip, file: CHIPS[chip].releases[release], key };
      const fetched = await keepLinkWhile(
        context,
        wanted.fileFor(target, context.signal, (file) =>
          context.progress.say('identify', say('release.downloading', { file })),
        ),
      );
      context.warnings.push(...fetched.warnings);
      return chosen(fetched, options);
    },
  };
}

async function chosen(
  { bytes, record, path, from }: FetchedRelease,
  options: WriteOptions,
): Promise<ChosenImage> {
  const { release, version, file, sha256, published } = record;
  return {
    image: await asLoaded(bytes, options),
    told: { release: { release, version, file, path, sha256, published, from } },
  };
}

/** The model that a file is chosen for; of a chip that does not tell it, the one that its flash speaks for. */
async function modelOf(context: JobContext, release: ReleaseImage['release']): Promise<ChipName> {
  const { chip } = context.session.identity;
  if (chip !== null) return chip;
  const [likely, ...others] = (await likelyModels(context))?.chips ?? [];
  if (likely !== undefined && others.length === 0) return likely;
  const { title } = knownRelease(release);
  throw new BkError(
    'BK_UNKNOWN_CHIP',
    say('release.modelNotTold', { port: context.session.port, title }),
    { phase: 'identify', advice: [say('release.setChip')] },
  );
}

/** A download may take minutes, in which the chip must hear something. */
async function keepLinkWhile<T>({ session }: JobContext, work: Promise<T>): Promise<T> {
  const { clock } = session;
  let isOver = false;
  let calling = Promise.resolve();
  const call = async (): Promise<void> => {
    // A chip that is gone meanwhile is won back by the next step of the job.
    await session.keepAlive();
    if (!isOver) wait();
  };
  const wait = (): void => {
    timer = clock.setTimeout(
      () => {
        calling = call();
      },
      KEEP_ALIVE_MS,
      { background: true },
    );
  };
  let timer: unknown;
  wait();
  try {
    return await work;
  } finally {
    isOver = true;
    clock.clearTimeout(timer);
    await calling;
  }
}
