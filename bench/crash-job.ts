/** A process of `npm run crash`: runs one job from its beginning; it is there to be killed. */
import { Device, type JobControl } from '../src';

/** What is to be done; every process of a trial is asked for the same. */
export type CrashJob =
  | { kind: 'read'; folder: string }
  | { kind: 'write'; folder: string; image: string; offset: number; backup: 'never' | 'once' };

/** What the process tells of itself. */
export type CrashWord = { begun: true } | { phase: string } | { ended: string | null };

function tell(word: CrashWord): void {
  process.send?.(word);
}

async function main(): Promise<void> {
  const [port = '', text = ''] = process.argv.slice(2);
  const job: CrashJob = JSON.parse(text);
  const device = new Device({ port, idle: 0, after: 'leave' });
  let phase = '';
  const control: JobControl = {
    onProgress: (progress) => {
      if (progress.phase !== phase) tell({ phase: progress.phase });
      phase = progress.phase;
    },
  };
  tell({ begun: true });
  if (job.kind === 'read') {
    await device.read({ file: { folder: job.folder } }, control);
  } else {
    const { image, offset, folder, backup } = job;
    await device.write(
      { image: { path: image }, offset, backup: { mode: backup, folder } },
      control,
    );
  }
  await device.close();
}

main().then(
  () => process.send?.({ ended: null } satisfies CrashWord, () => process.exit()),
  (error: unknown) =>
    process.send?.({ ended: String(error) } satisfies CrashWord, () => process.exit()),
);
