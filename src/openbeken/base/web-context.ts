import type { FolderTurns } from '../../backup/folder-turns';
import type { Region } from '../../chip/layouts';
import type { Clock } from '../../clock';
import type { Stage } from '../../jobs/base/job';
import type { JobNotes } from '../../jobs/base/job-notes';
import type { JobWatch } from '../../jobs/base/job-types';
import type { ProgressReporter } from '../../jobs/base/progress';
import type { SectorShown } from '../../jobs/base/sector-change';
import { throwIfAborted } from '../../session/base/abort';
import type { FilledSettings } from '../../session/base/settings';
import { type Note, say } from '../../texts/note';
import { OpenBekenClient } from './openbeken-client';
import { identifyDevice, reportOf, type WebIdentity } from './web-identity';

/** What a job works with: the device on the network, and where its facts and its progress go. */
export class WebContext {
  readonly client: OpenBekenClient;
  readonly identity: WebIdentity;
  readonly settings: FilledSettings;
  readonly progress: ProgressReporter;
  readonly signal: AbortSignal;
  readonly folders: FolderTurns;
  readonly clock: Clock;
  readonly notes: JobNotes;
  readonly warnings: Note[];
  readonly #watch: JobWatch;

  private constructor(stage: Stage, client: OpenBekenClient, identity: WebIdentity) {
    this.client = client;
    this.identity = identity;
    this.settings = stage.settings;
    this.progress = stage.progress;
    this.signal = stage.signal;
    this.folders = stage.folders;
    this.clock = stage.clock;
    this.notes = stage.notes;
    this.warnings = stage.notes.warnings;
    this.#watch = stage.listeners;
    stage.progress.nameChip(() => identity.mac);
  }

  /** Finds the device and what it is. @throws BkError as `identifyDevice` */
  static async reach(stage: Stage): Promise<WebContext> {
    const { settings, progress, notes, signal, clock } = stage;
    const { port, password, chip } = settings;
    const { onRecovery } = notes.report(progress);
    const client = new OpenBekenClient(port, password, clock, signal, onRecovery);
    const start = clock.now();
    progress.say('identify', say('openbeken.askingWhatItIs', { port }));
    const identity = await identifyDevice(client, chip);
    const tookMs = Math.round(clock.now() - start);
    const context = new WebContext(stage, client, { ...identity, tookMs });
    context.tellChip();
    return context;
  }

  get port(): string {
    return this.client.port;
  }

  /** Tells who looks on what sectors are now. @param range at sector boundaries */
  show({ offset, length }: Region, state: SectorShown): void {
    this.#watch.onSectors?.({ offset, length, state });
  }

  tellChip(): void {
    this.#watch.onChip?.(reportOf(this.identity));
  }

  /** @throws BkError BK_CANCELLED */
  mayGoOn(): void {
    throwIfAborted(this.signal, this.port);
  }
}
