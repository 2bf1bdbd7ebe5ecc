/** A process of `npm run survive`: runs one job from its beginning; it is there to be killed. */
import { Device, type JobControl } from '../../../src';
import type { CrashJob } from './job';

/** What the process tells of itself. */
export type CrashWord =
  | { begun: true }
  | { phase: string }
  | { result: unknown }
  | { error: string };

function tell(word: CrashWord): void {
  process.send?.(word);
}

async function run(port: string, job: CrashJob): Promise<unknown> {
  const device = new Device({ port, idle: 0, after: 'leave' });
  let phase = '';
  const control: JobControl = {
    onProgress: (progress) => {
      if (progress.phase !== phase) tell({ phase: progress.phase });
      phase = progress.phase;
    },
  };
  tell({ begun: true });
  try {
    if (job.kind === 'read') {
      return (await device.read({ file: { folder: job.folder } }, control)).payload;
    }
    const { image, offset, folder, backup } = job;
    const options = { image: { path: image }, offset, backup: { mode: backup, folder } };
    return (await device.write(options, control)).payload;
  } finally {
    await device.close();
  }
}

const [port = '', text = ''] = process.argv.slice(2);
// Nobody is left to kill it.
process.on('disconnect', () => process.exit());
run(port, JSON.parse(text)).then(
  (result) => tell({ result }),
  (error: unknown) => tell({ error: String(error) }),
);
