import { durationText, speedText } from '../../../../src/texts/amounts';
import type { DeviceState, RunningJob } from '../../messages';
import { element, setText } from '../base/elements';
import { say, text, textOr } from '../base/texts';

/** What is going on at a device, and what its person must do now. */
export class Now {
  readonly root: HTMLElement;
  /** What the person must do: to be put where it stays in sight whatever is scrolled. */
  readonly call = element('div', { class: 'bk-call', role: 'alert', hidden: true });
  readonly #title = element('h4');
  readonly #bar = element('div', { class: 'bk-bar-fill' });
  readonly #progress: HTMLElement;
  readonly #numbers = element('p', { class: 'bk-numbers' });
  readonly #message = element('p', { class: 'bk-message' });
  readonly #line = element('p', { class: 'bk-heard', role: 'status' });
  /** Says what phase has begun to those who do not see it; nothing else, or it would never be silent. */
  readonly #spoken = element('p', { class: 'bk-hidden', role: 'status' });

  constructor() {
    this.#progress = element(
      'div',
      { class: 'bk-bar', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100 },
      this.#bar,
    );
    this.#progress.setAttribute('aria-label', text('now.progress'));
    const work = element(
      'div',
      { class: 'bk-now-work' },
      this.#title,
      this.#progress,
      this.#numbers,
      this.#line,
      this.#message,
    );
    this.root = element('div', { class: 'bk-now' }, work, this.#spoken);
  }

  update({ job, queued }: DeviceState): void {
    this.root.classList.toggle('bk-idle', job === null);
    this.#callFor(job);
    if (job === null) {
      setText(this.#spoken, '');
      return;
    }
    const operation = textOr(`operation.${job.operation}`, job.operation);
    const by = job.by === 'flow' ? ` ${text('now.byFlow')}` : '';
    setText(this.#title, `${operation}${by}`);
    this.#bar.style.width = `${job.percent}%`;
    this.#progress.setAttribute('aria-valuenow', String(job.percent));
    setText(this.#numbers, numbers(job, queued));
    const said = say(job.message);
    // What the line carries is what a person at the wires looks for.
    setText(this.#line, job.line === null ? '' : said);
    setText(this.#message, job.line === null && !job.waitsForPerson ? said : '');
    setText(this.#spoken, `${operation}: ${textOr(`phase.${job.phase}`, job.phase)}`);
  }

  #callFor(job: RunningJob | null): void {
    const waits = job?.waitsForPerson === true;
    this.call.hidden = !waits;
    if (!waits) {
      this.call.replaceChildren();
      return;
    }
    // The same call is not spoken twice.
    if (this.call.childElementCount > 0) return;
    this.call.replaceChildren(
      element('strong', {}, text('now.reset')),
      element('span', {}, text('now.resetHow')),
    );
  }
}

/** `42 %, writing, 88 kB/s, 24 s left, mended 2 times`. */
function numbers(job: RunningJob, queued: number): string {
  const { percent, phase, bytesPerSecond, secondsLeft, recoveries } = job;
  return [
    `${percent} %`,
    textOr(`phase.${phase}`, phase),
    bytesPerSecond === null ? null : speedText(bytesPerSecond),
    secondsLeft === null ? null : text('now.left', { time: durationText(secondsLeft * 1000) }),
    recoveries === 0 ? null : text('now.recoveries', { number: recoveries }),
    queued === 0 ? null : text('now.queued', { number: queued }),
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
