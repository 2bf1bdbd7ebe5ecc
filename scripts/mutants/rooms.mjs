import path from 'node:path';

/**
 * What is mutated, and the tests that are there for it and end within seconds, below `test/`.
 * @type {Readonly<Record<string, readonly string[]>>} room of `src/` → patterns of specs
 */
export const ROOMS = {
  backup: ['backup/**/*', 'field/backup-untrusted'],
  'session/recovery': ['session/recovery/**/*', 'stories/device/dropout', 'stories/diagnosis/**/*'],
  'jobs/change': [
    'jobs/change/**/*',
    'jobs/write',
    'jobs/erase',
    'stories/jobs/refused-sector',
    'stories/jobs/resume-write',
    'stories/device/stuck',
    'catalogue/failures',
    'field/layout',
    'field/another-module',
    'field/backup-modes',
    'field/progress-bytes',
    'field/progress-overall',
  ],
  placement: [
    'placement/**/*',
    'jobs/place/**/*',
    'stories/images/{doubtful,fit,variants,foreign-dumps}',
    'field/{own-key,code-headers,plain-code,bootloaders,own-dumps,chip-model}',
    'field/{layout,partial-dumps,erased-chip,openbeken-config}',
  ],
};

/** The folder of a room's reports. */
export function reportsOf(root, room) {
  return path.join(root, 'coverage/mutants', room.replaceAll('/', '-'));
}
