import type { Evidence } from '../evidence';
import { isChange, times } from '../facts';
import { type Finding, finding } from '../finding';

/** The port itself went away. */
export function adapter({ adapter: { lost, back }, drops }: Evidence): Finding | null {
  if (lost === 0) return null;
  const came =
    back === 0 ? 'did not come back' : back < lost ? `came back ${times(back)}` : 'came back';
  const changing = drops.filter((drop) => isChange(drop) && drop.found === 'replugged').length;
  const when =
    changing > 0
      ? ` ${changing === lost ? 'Each time' : `${times(changing)} of them`} flash was being changed, when the module draws most current.`
      : '';
  return finding('adapter', 0.85, `The port went away ${times(lost)} and ${came}.${when}`);
}
