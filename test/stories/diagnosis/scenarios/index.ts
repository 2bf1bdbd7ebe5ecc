import { ADAPTER_GONE } from './adapter';
import { BAD_FLASH } from './flash';
import { OTHER_THAN_EXPECTED } from './identity';
import { BAD_LINES } from './lines';
import { INTERRUPTED, WEAK_SUPPLY } from './power';
import { TOO_FAST, TOO_LATE } from './rates';
import type { Scenario } from './scenario';
import { SOUND } from './sound';
import { WRONG_WIRES } from './wiring';

export type { Scenario } from './scenario';

/** Every fault that is to be told from the others, and sound chips; `npm run survive` runs many seeds of each. */
export const SCENARIOS: readonly Scenario[] = [
  ...WEAK_SUPPLY,
  ...BAD_LINES,
  ...WRONG_WIRES,
  ...TOO_FAST,
  ...ADAPTER_GONE,
  ...BAD_FLASH,
  ...OTHER_THAN_EXPECTED,
  ...TOO_LATE,
  ...INTERRUPTED,
  ...SOUND,
];
