import { durationText, sizeText } from '../../../../src/texts/amounts';
import type { EndedJob, SaidNote, ShownChip } from '../../messages';
import { element } from '../base/elements';
import { say, text } from '../base/texts';
import { factsOf } from './chip-facts';
import { code, type Fact, factList } from './facts';
import { pinsText } from './pins';
import { imageFacts, type ShownPlan } from './plan';
import { warningList } from './warnings';

type Payload = Partial<ShownPlan> & { backup?: string | null; verified?: boolean; chip?: string };

/** What a job that went well has done. */
export function resultCard(ended: EndedJob): HTMLElement {
  const { operation, result, seconds, warnings } = ended;
  if (operation === 'listen' && result !== null) return lineCard(result as ShownLine);
  const payload = typeof result === 'object' && result !== null ? (result as Payload) : {};
  const facts: Fact[] = [
    ...(operation === 'connect' && result !== null ? factsOf(result as ShownChip) : []),
    ...imageFacts(payload),
    [text('result.file'), typeof result === 'string' ? code(result) : null],
    [text('result.bytes'), payload.bytes === undefined ? null : sizeText(payload.bytes)],
    [
      text('result.written'),
      payload.bytesWritten === undefined ? null : sizeText(payload.bytesWritten),
    ],
    [text('plan.openbeken'), pinsText(payload)],
    [text('plan.backup'), payload.backup ? code(payload.backup) : null],
    [text('result.took'), durationText(seconds * 1000)],
  ];
  const isPlan = payload.verified === false;
  return element(
    'div',
    { class: `bk-card ${isPlan ? '' : 'bk-card-good'}` },
    element('h4', {}, isPlan ? text('result.plan') : titleOf(operation)),
    factList(facts),
    warningList(warnings),
  );
}

function titleOf(operation: string): string {
  const known = ['connect', 'read', 'write', 'erase'];
  return text(`result.${known.includes(operation) ? operation : 'other'}`);
}

/** What is read here of what a test of the wiring says. */
interface ShownLine extends SaidNote {
  line: { code: string } | null;
}

function lineCard({ line, code: sentence, params }: ShownLine): HTMLElement {
  const kind = line?.code === 'sound' ? 'bk-card-good' : 'bk-card-warning';
  return element(
    'div',
    { class: `bk-card ${kind}` },
    element('h4', {}, text('task.listen')),
    element('p', { class: 'bk-lead' }, say({ code: sentence, params })),
  );
}
