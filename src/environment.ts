import { FolderTurns } from './backup/folder-turns';
import { type Clock, systemClock } from './clock';
import { PortRegistry } from './ports/port-registry';

/**
 * What the engine takes from the world, and what of it lives as long as the process. Devices of one
 * environment that name the same port take turns.
 */
export interface Environment {
  readonly clock: Clock;
  readonly ports: PortRegistry;
  readonly folders: FolderTurns;
}

/** An environment of its own; ports that other environments use are in use to it. */
export function createEnvironment(clock: Clock = systemClock): Environment {
  return { clock, ports: new PortRegistry(clock), folders: new FolderTurns() };
}

/** The one that all devices share which are told of no other. */
export const processEnvironment: Environment = createEnvironment();
