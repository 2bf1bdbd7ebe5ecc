import type { ChipModel } from '../chip-model';
import { BK7231M } from '../models/bk7231m';
import { BK7231N } from '../models/bk7231n';
import { BK7231Q } from '../models/bk7231q';
import { BK7231T } from '../models/bk7231t';
import { BK7231U } from '../models/bk7231u';
import { BK7236 } from '../models/bk7236';
import { BK7238 } from '../models/bk7238';
import { BK7252 } from '../models/bk7252';
import { BK7252N } from '../models/bk7252n';
import { BK7258 } from '../models/bk7258';

export type { Family } from '../chip-model';

/** The chips that this package knows. Of models with one id the one with the smallest flash, or with a key, comes first. */
const MODELS = [
  BK7231T,
  BK7231U,
  BK7231N,
  BK7231M,
  BK7231Q,
  BK7238,
  BK7252,
  BK7252N,
  BK7236,
  BK7258,
] as const;

/** The chips' own names. */
export type ChipName = (typeof MODELS)[number]['name'];

/** The record of a chip that this package knows. */
export type Chip = ChipModel<ChipName>;

export const CHIP_MODELS: readonly Chip[] = MODELS;

/** The chips that this package knows, by their own names. */
export const CHIP_NAMES: readonly ChipName[] = MODELS.map(({ name }) => name);

export const CHIPS = Object.fromEntries(MODELS.map((model) => [model.name, model])) as Readonly<
  Record<ChipName, Chip>
>;
