import type { ChipName } from '../../chip/known/chips';
import type { OpenBekenPin } from './openbeken-config';

/** A template as OpenBeken's web page imports it, and as its list of devices holds them. */
export interface OpenBekenTemplate {
  vendor: string;
  bDetailed: '0' | '1';
  name: string;
  model: string;
  chip: string;
  board: string;
  flags: string;
  keywords: string[];
  /** By GPIO: role, channel and maybe a second channel, as `Rel;1`. */
  pins: { [gpio: string]: string };
  command: string;
  image: string;
  wiki: string;
}

export interface TemplateFacts {
  pins: { readonly [gpio: string]: OpenBekenPin };
  /** What has to run at the start, in order. */
  commands: readonly string[];
  vendor: string;
  name: string;
  chip: ChipName | null;
  /** Null where the module is not known. */
  module: string | null;
  /** Decimal; OpenBeken's default where it is left out. */
  flags?: string;
}

/** Bit 10: tells its state when it connects to the broker, OpenBeken's default. */
const DEFAULT_FLAGS = '1024';

/** A template with these pins; null where there are none. */
export function openBekenTemplate(facts: TemplateFacts): OpenBekenTemplate | null {
  const pins = Object.entries(facts.pins).map(([gpio, { role, channel, channel2 }]) => [
    gpio,
    [role, channel, ...(channel2 === undefined ? [] : [channel2])].join(';'),
  ]);
  if (pins.length === 0) return null;
  const [command = ''] = facts.commands;
  return {
    vendor: facts.vendor,
    bDetailed: '0',
    name: facts.name,
    model: '',
    chip: facts.chip ?? '',
    board: facts.module?.toUpperCase() ?? '',
    flags: facts.flags ?? DEFAULT_FLAGS,
    keywords: [],
    pins: Object.fromEntries(pins),
    command: facts.commands.length > 1 ? `backlog ${facts.commands.join('; ')}` : command,
    image: '',
    wiki: '',
  };
}
