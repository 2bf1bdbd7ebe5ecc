import { FolderTurns } from './backup/folder-turns';
import { type Clock, systemClock } from './clock';
import { AdapterWatch } from './ports/adapter-watch';
import { PortRegistry } from './ports/port-registry';
import { SystemWeb, type Web } from './releases/web';

/**
 * What the engine takes from the world, and what of it lives as long as the process. Devices of one
 * environment that name the same port take turns.
 */
export interface Environment {
  readonly clock: Clock;
  readonly ports: PortRegistry;
  /** Who comes and goes of the adapters of this computer. */
  readonly adapters: AdapterWatch;
  readonly folders: FolderTurns;
  /** From where releases of firmware are fetched. */
  readonly web: Web;
}

/** An environment of its own; ports that other environments use are in use to it. */
export function createEnvironment(clock: Clock = systemClock): Environment {
  return {
    clock,
    ports: new PortRegistry(clock),
    adapters: new AdapterWatch(clock),
    folders: new FolderTurns(),
    web: new SystemWeb(),
  };
}

/** The one that all devices share which are told of no other. */
export const processEnvironment: Environment = createEnvironment();
