import { NodeRed, prepareUserDir } from '../../../test/support/node-red';
import type { CrashJob } from './job';
import { type Host, type Place, Watch } from './life';

/** Node-RED itself, with the package as it was built, and a flow that does the job when its URL is posted to. */
export const inNodeRed: Host = (place, job) => {
  // Nobody looks at its editor, and it starts sooner without.
  prepareUserDir(place.root, flowOf(place, job), { disableEditor: true });
  return (killAfter) => {
    const nodeRed = new NodeRed(place.root);
    const watch = new Watch(nodeRed.child, killAfter);
    nodeRed.child.stdout?.on('data', () => {
      const phase = [...nodeRed.output.matchAll(/\[debug:phase\] (\w+)/g)].at(-1)?.[1];
      if (phase !== undefined) watch.reached(phase);
    });
    nodeRed.ready
      .then(async (url) => {
        watch.began();
        const answer = await fetch(`${url}/job`, { method: 'POST' });
        const text = await answer.text();
        if (answer.ok) watch.succeeded(job.kind === 'read' ? text : JSON.parse(text));
        else watch.failed(text);
      })
      // One that is killed does not answer either, but that is known by then. All that it printed is kept.
      .catch((error: unknown) => watch.failed(String(error).split('\n', 1).join()));
    return watch.over;
  };
};

const ON_TAB = { z: 'tab', x: 100, y: 100 };

function flowOf({ port }: Place, job: CrashJob): unknown[] {
  return [
    { id: 'tab', type: 'tab', label: 'crash' },
    { id: 'device', type: 'bk-device', port, idle: 0, after: 'leave' },
    { id: 'ask', type: 'http in', ...ON_TAB, method: 'post', url: '/job', wires: [['job']] },
    { id: 'job', ...jobNode(job), ...ON_TAB, device: 'device', wires: [['answer'], ['phase']] },
    {
      id: 'phase',
      type: 'debug',
      ...ON_TAB,
      name: 'phase',
      complete: 'payload.phase',
      targetType: 'msg',
      console: true,
      tosidebar: false,
    },
    { id: 'catch', type: 'catch', ...ON_TAB, scope: null, wires: [['failed']] },
    {
      id: 'failed',
      type: 'change',
      ...ON_TAB,
      rules: [
        { t: 'set', p: 'statusCode', pt: 'msg', to: '500', tot: 'num' },
        { t: 'set', p: 'payload', pt: 'msg', to: 'error.message', tot: 'msg' },
      ],
      wires: [['answer']],
    },
    { id: 'answer', type: 'http response', ...ON_TAB, wires: [] },
  ];
}

function jobNode(job: CrashJob): object {
  if (job.kind === 'read') return { type: 'bk-read', output: 'file', folder: job.folder };
  const { image, offset, backup } = job;
  return { type: 'bk-write', source: 'file', filename: image, offset: String(offset), backup };
}
