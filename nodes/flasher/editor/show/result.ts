import { durationText, sizeText } from '../../../../src/texts/amounts';
import type { EndedJob, ShownChip } from '../../messages';
import { element } from '../base/elements';
import { text } from '../base/texts';
import { factsOf } from './chip-facts';
import { code, type Fact, factList } from './facts';
import type { ShownPlan } from './plan';
import { warningList } from './warnings';

type Payload = Partial<ShownPlan> & { backup?: string | null; verified?: boolean; chip?: string };

/** What a job that went well has done. */
export function resultCard(ended: EndedJob): HTMLElement {
  const { operation, result, seconds, warnings } = ended;
  const payload = typeof result === 'object' && result !== null ? (result as Payload) : {};
  const facts: Fact[] = [
    ...(operation === 'connect' && result !== null ? factsOf(result as ShownChip) : []),
    [text('result.file'), typeof result === 'string' ? code(result) : null],
    [text('result.bytes'), payload.bytes === undefined ? null : sizeText(payload.bytes)],
    [
      text('result.written'),
      payload.bytesWritten === undefined ? null : sizeText(payload.bytesWritten),
    ],
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
  const known = ['connect', 'read', 'write', 'erase', 'listen'];
  return text(`result.${known.includes(operation) ? operation : 'other'}`);
}
