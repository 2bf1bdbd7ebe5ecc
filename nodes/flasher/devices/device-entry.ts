import { BkError, type Clock, type Device, type DeviceEvent, say } from '../../../src';
import type { DeviceNode } from '../../shared/device-node';
import type { DeviceState, EndedJob, FlashMap, LogEntry, ShownChip, StartedJob } from '../messages';
import { shownChip } from '../shown';
import { DeviceLog } from './device-log';
import { JobLog } from './job-log';
import { Paced } from './paced';
import { SectorMap } from './sector-map';
import { TrackedJob } from './tracked-job';

/** As many jobs of one device may be asked for in the sidebar before the first of them is over. */
const MOST_JOBS = 8;
/** What is under way after these was read or written anew: what was known of flash before is history. */
const TOUCHING = ['read', 'write', 'erase'];

/** What an entry needs of the world. */
export interface EntryWorld {
  readonly clock: Clock;
  /** To all open editors. */
  publish(topic: string, data: unknown): void;
  /** Never twice the same. */
  newJobId(): string;
}

/** A device node, and which of its devices is meant. */
export interface EntryHost {
  readonly node: DeviceNode;
  /** @throws BkError BK_BAD_SETTING when the settings cannot be used */
  use(): Device;
}

export interface EntryFacts {
  /** For people. */
  name: string;
  port: string;
  host: EntryHost | null;
}

/** One device as the sidebar shows it: what its jobs do, whoever asked for them. */
export class DeviceEntry {
  readonly id: string;
  readonly #world: EntryWorld;
  #facts: EntryFacts;
  readonly #log: DeviceLog;
  readonly #jobLog: JobLog;
  readonly #map = new SectorMap();
  readonly #jobs = new Map<DeviceEvent['job'], TrackedJob>();
  readonly #stateTopic: Paced;
  readonly #mapTopic: Paced;
  #unwatch: () => void = () => {};
  #chip: ShownChip | null = null;
  #last: EndedJob | null = null;
  /** The job that is being asked for in the sidebar right now. */
  #asked: { job: TrackedJob | null } | null = null;
  /** The latest job of which a map was begun. */
  #mapped: TrackedJob | null = null;

  constructor(id: string, facts: EntryFacts, world: EntryWorld) {
    this.id = id;
    this.#facts = facts;
    this.#world = world;
    this.#log = new DeviceLog(() => world.clock.date());
    this.#jobLog = new JobLog(this.#log);
    this.#stateTopic = new Paced(world.clock, () => this.#publishState());
    this.#mapTopic = new Paced(world.clock, () => this.#publishMap());
  }

  get port(): string {
    return this.#facts.port;
  }

  /** What more jobs can be asked of; null where it is only tried out. */
  get host(): EntryHost | null {
    return this.#facts.host;
  }

  get map(): FlashMap | null {
    return this.#map.whole;
  }

  get log(): readonly LogEntry[] {
    return this.#log.entries;
  }

  get chip(): ShownChip | null {
    return this.#chip;
  }

  /** As it is now; the log is told of on its own. */
  get state(): DeviceState {
    const jobs = [...this.#jobs.values()];
    const started = jobs.find(({ isStarted }) => isStarted);
    return {
      id: this.id,
      name: this.#facts.name,
      port: this.port,
      chip: this.#chip,
      job: started?.running ?? null,
      queued: jobs.filter(({ isStarted }) => !isStarted).length,
      last: this.#last,
      news: [],
    };
  }

  /** Its jobs are those of this device from now on. */
  follow(device: Device): void {
    this.#unwatch();
    this.#unwatch = device.watch((event) => this.#hear(event));
  }

  /**
   * Asks for a job as the sidebar does.
   * @throws BkError whatever the engine refuses before the job waits for its turn; BK_BAD_SETTING where too many wait
   */
  async start(work: () => Promise<unknown>): Promise<StartedJob> {
    if (this.#jobs.size >= MOST_JOBS) {
      throw new BkError('BK_BAD_SETTING', say('flasher.tooManyJobs', { count: MOST_JOBS }), {
        phase: 'open',
        advice: [say('flasher.waitForJobs')],
      });
    }
    const asked: { job: TrackedJob | null } = { job: null };
    this.#asked = asked;
    const ended = work();
    this.#asked = null;
    // How it ends is told to all who look on.
    ended.catch(() => {});
    if (asked.job === null) await ended;
    return { device: this.id, job: asked.job?.id ?? '' };
  }

  /** A job that is over, or that there never was, needs no cancelling. */
  cancel(id: string): void {
    for (const job of this.#jobs.values()) if (job.id === id) job.cancel();
  }

  /** It begins, or begins anew after a deploy, with what is known of it. */
  announce(facts: EntryFacts): void {
    this.#facts = facts;
    this.#stateTopic.touch();
  }

  /** The device has gone. */
  close(): void {
    this.#unwatch();
    this.#jobs.clear();
    if (this.#stateTopic.isPending) this.#publishState();
    this.#stateTopic.stop();
    this.#mapTopic.stop();
    this.#world.publish(`bk72xx/device/${this.id}`, null);
  }

  #hear(event: DeviceEvent): void {
    const job = this.#jobOf(event);
    this.#jobLog.hear(job.operation, event);
    if (event.kind === 'sectors') {
      this.#map.set(event.change);
      this.#mapTopic.touch();
      return;
    }
    if (event.kind === 'started') job.start();
    else if (event.kind === 'progress') job.report(event.progress);
    else if (event.kind === 'warning') job.warn(event.text);
    else if (event.kind === 'recovery') job.recovered();
    else if (event.kind === 'chip') {
      this.#chip = shownChip(event.report);
      const isNew = this.#mapped !== job && TOUCHING.includes(job.operation);
      if (isNew) this.#mapped = job;
      if (this.#map.show(event.report, isNew)) this.#mapTopic.touch();
    } else if (event.kind !== 'queued') {
      this.#last = event.kind === 'done' ? job.done(event.result) : job.failed(event.error);
      this.#jobs.delete(event.job);
    }
    this.#stateTopic.touch();
  }

  #jobOf({ job: watched }: DeviceEvent): TrackedJob {
    const known = this.#jobs.get(watched);
    if (known !== undefined) return known;
    const by = this.#asked === null ? 'flow' : 'sidebar';
    const { newJobId, clock } = this.#world;
    const job = new TrackedJob(newJobId(), by, watched, clock);
    this.#jobs.set(watched, job);
    if (this.#asked !== null) this.#asked.job = job;
    return job;
  }

  #publishState(): void {
    const state: DeviceState = { ...this.state, news: this.#log.takeNews() };
    this.#world.publish(`bk72xx/device/${this.id}`, state);
  }

  #publishMap(): void {
    const change = this.#map.takeChange();
    if (change !== null) this.#world.publish(`bk72xx/map/${this.id}`, change);
  }
}
