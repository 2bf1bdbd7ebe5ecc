import type { MapRegion } from '../../messages';
import type { LiveMap } from '../base/live-map';
import { textOr } from '../base/texts';

/** A region with the number by which the map and the table name it. */
export interface Stretch extends MapRegion {
  number: number;
}

/** The regions of a map in their order in flash, numbered from 1. */
export function stretchesOf(map: LiveMap): Stretch[] {
  return [...map.regions]
    .sort((one, other) => one.offset - other.offset || other.length - one.length)
    .map((region, index) => ({ ...region, number: index + 1 }));
}

/** The name of a region in the editor's language. @param name as the server has it: `region.app`, or that of a partition */
export function regionName(name: string): string {
  const key = name.startsWith('region.') ? name : `region.${name}`;
  return textOr(key, name.replace(/^region\./, ''));
}
