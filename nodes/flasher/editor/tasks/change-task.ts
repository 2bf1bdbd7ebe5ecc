import type { BackupEntry, EndedJob, JobRequest, ShownError } from '../../messages';
import { api } from '../base/api';
import { button, element } from '../base/elements';
import { type Ran, run } from '../base/run';
import { store } from '../base/store';
import { text } from '../base/texts';
import { errorCard } from '../show/error-card';
import { planCard, type ShownPlan } from '../show/plan';
import { resultCard } from '../show/result';
import { showStep } from './task';

/** A job that changes flash, as it would be carried out. */
export interface Change extends JobRequest {
  operation: 'write' | 'erase';
  options: Record<string, unknown>;
}

/**
 * The way that every change goes: the plan is made by the chip itself and shown, a person says yes, it is carried
 * out. Whatever fails on the way is shown in its place, with the way back.
 * @param holder where the steps are shown
 * @param back shows again what came before the plan
 * @param more what helps where no plan could be made, below the failure
 */
export async function planThenChange(
  device: string,
  change: Change,
  holder: HTMLElement,
  back: () => void,
  more: (error: ShownError) => Node | null = () => null,
): Promise<void> {
  const planning = element('p', { role: 'status' }, text('plan.making'));
  showStep(holder, planning);
  const planned = await run(device, { ...change, options: { ...change.options, dryRun: true } });
  if (!planned.isDone) {
    showStep(holder, errorCard(planned.error), more(planned.error), backButton(back));
    return;
  }
  const facts = {
    operation: change.operation,
    backup: String(change.options.backup),
    newest: await newestOwn(device),
  };
  const confirm = button(text(`plan.${change.operation}Now`), 'bolt', () => {
    void carryOut(device, asPlanned(change, planned.ended), holder, back);
  });
  confirm.classList.add('bk-danger');
  showStep(
    holder,
    planCard(planned.ended, store.map(device), facts),
    element('div', { class: 'bk-row' }, confirm, backButton(back)),
  );
}

/** The newest release may be another one a moment later: what was planned is what is written. */
export function asPlanned<Write extends JobRequest>(change: Write, { result }: EndedJob): Write {
  const version = (result as Partial<ShownPlan> | null)?.release?.version;
  if (version === undefined) return change;
  return { ...change, options: { ...change.options, releaseVersion: version } };
}

async function carryOut(
  device: string,
  change: Change,
  holder: HTMLElement,
  back: () => void,
): Promise<void> {
  showStep(holder, element('p', { role: 'status' }, text('plan.running')));
  const ran: Ran = await run(device, change);
  if (!ran.isDone) showStep(holder, errorCard(ran.error), backButton(back));
  else showStep(holder, resultCard(ran.ended));
}

function backButton(back: () => void): HTMLButtonElement {
  return button(text('action.back'), 'arrow-left', back);
}

/** The newest backup of the chip that is linked; of a chip without a MAC nobody knows which are its. */
export async function newestOwn(device: string): Promise<BackupEntry | null> {
  const mac = store.device(device)?.chip?.mac ?? null;
  if (mac === null) return null;
  const backups = await api.backups(device).catch(() => []);
  return backups.find((one) => one.mac === mac) ?? null;
}
