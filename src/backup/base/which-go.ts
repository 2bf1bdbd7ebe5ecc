const DAY_MS = 24 * 60 * 60 * 1000;
/** Before this program was begun it made no backups: a clock that says so was never set. */
const FIRST_DAY = Date.UTC(2024, 0, 1);
/** A clock may be behind that of the computer that made a backup by so much, ms. */
const MOST_BEHIND = DAY_MS;
/** Between two backups of a folder there may be a year. Where there is more, it may be the clock that has leapt, ms. */
const LONGEST_PAUSE = 366 * DAY_MS;

/** What is to stay. Each rule that is set keeps what it wants; none set keeps all. */
export interface KeepRules {
  /** So many of the newest; 0 for no such rule. */
  keep: number;
  /** Those that are not older, days; 0 for no such rule. */
  keepDays: number;
  /** The oldest one stays, whatever the others say: it is the chip as it came from its maker. */
  keepFirst: boolean;
}

/** Why nothing goes, though rules are set. */
export type ClockDoubt = 'unset' | 'behind';

/** What a rule has to know of a backup. Dates in ms since 1970, as its sidecar has them. */
interface Dated {
  date: number;
}

/**
 * Which of a chip's backups may go now that a newer one is there. One that any rule wants stays, and so does
 * whatever a wrong clock could have made look old.
 * @param older newest first; the new backup is not among them
 * @param dates of all backups in the folder, in any order: they tell whether the clock has leapt
 * @param now ms since 1970
 * @param isSound whether its bytes are what its sidecar says: what is not is no backup to count on
 */
export async function whichGo<Backup extends Dated>(
  older: readonly Backup[],
  rules: KeepRules,
  { dates, now }: { dates: readonly number[]; now: number },
  isSound: (backup: Backup) => Promise<boolean>,
): Promise<{ go: Backup[]; doubt: ClockDoubt | null }> {
  const { keep, keepDays, keepFirst } = rules;
  if (keep === 0 && keepDays === 0) return { go: [], doubt: null };
  if (now < FIRST_DAY) return { go: [], doubt: 'unset' };
  if (older.some(({ date }) => date > now + MOST_BEHIND)) return { go: [], doubt: 'behind' };
  const dated = older.filter(({ date }) => date >= FIRST_DAY);
  const since = sinceLeap(dates, now);
  const go: Backup[] = [];
  // The new one is the first that counts.
  let sound = 1;
  for (const backup of dated) {
    const { date } = backup;
    const isCounted = sound < keep;
    if (isCounted && (await isSound(backup))) sound++;
    const isOld = date >= since && now - date > keepDays * DAY_MS;
    if (!isCounted && (keepDays === 0 || isOld)) go.push(backup);
  }
  return { go: keepFirst ? await withoutFirst(go, dated, isSound) : go, doubt: null };
}

/** The oldest stays, and so do those after it up to one that is sound: it has to be good for something. */
async function withoutFirst<Backup>(
  go: readonly Backup[],
  dated: readonly Backup[],
  isSound: (backup: Backup) => Promise<boolean>,
): Promise<Backup[]> {
  const stay = new Set<Backup>();
  for (const backup of [...dated].reverse()) {
    stay.add(backup);
    if (await isSound(backup)) break;
  }
  return go.filter((backup) => !stay.has(backup));
}

/** From when on dates can be compared with now: what lies behind a longer pause may be younger than it looks. */
function sinceLeap(dates: readonly number[], now: number): number {
  let since = now;
  for (const date of [...dates].sort((a, b) => b - a)) {
    if (date >= since) continue;
    if (since - date > LONGEST_PAUSE) break;
    since = date;
  }
  return since;
}
