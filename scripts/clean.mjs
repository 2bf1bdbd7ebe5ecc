import { rmSync } from 'node:fs';

for (const folder of ['dist', 'dist-test', 'resources'])
  rmSync(folder, { recursive: true, force: true });
